import type { JsonObject } from '../../pipeline/core/json.js';
import { readCheckpoint } from '../lib/tensors/checkpoint.js';
import type { ImagePool } from './image-pool.js';
import type { Model } from './model.js';
import type { SharedVectors } from './step-task.js';

/** Mean losses of an epoch, by name. */
export interface LossReport {
  readonly epoch: number;
  readonly rate: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** Where a training stands, beside its vectors. */
export interface TrainingState extends JsonObject {
  /** Steps that are done. */
  readonly step: number;
  readonly model: string;
  /** Sums of the epoch that has begun. */
  readonly sums: Readonly<Record<string, number>>;
  readonly summed: number;
  readonly reports: readonly (LossReport & JsonObject)[];
}

const POOL_NAMES = ['poolTarget', 'poolSource'] as const;

/** Vectors that worker threads share: parameters, two slots of Adam, gradients of two tasks. */
export function makeVectors(start: Float32Array): SharedVectors {
  const vector = (): Float32Array => new Float32Array(new SharedArrayBuffer(4 * start.length));
  const parameters = vector();
  parameters.set(start);
  return { parameters, slots: [vector(), vector()], gradients: [vector(), vector()] };
}

export function freshState(model: Model): TrainingState {
  return { step: 0, model: describeModel(model), sums: {}, summed: 0, reports: [] };
}

/** The state after a step. @param finished the epoch that ends with it, if one does */
export function afterStep(
  state: TrainingState,
  losses: Readonly<Record<string, number>>,
  rate: number,
  finished: number | undefined,
): TrainingState {
  const sums: Record<string, number> = { ...state.sums };
  for (const [name, value] of Object.entries(losses)) sums[name] = (sums[name] ?? 0) + value;
  const summed = state.summed + 1;
  if (finished === undefined) return { ...state, step: state.step + 1, sums, summed };
  const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / summed]));
  const report = { epoch: finished, rate, losses: means };
  return { ...state, step: state.step + 1, sums: {}, summed: 0, reports: [...state.reports, report] };
}

/** What a checkpoint holds, by name. */
export function vectorsToKeep(
  { parameters, slots }: SharedVectors,
  pools: readonly ImagePool[],
): Record<string, Float32Array> {
  const [mean = new Float32Array(), square = new Float32Array()] = slots;
  const kept: Record<string, Float32Array> = { parameters, mean, square };
  for (const [n, name] of POOL_NAMES.entries()) kept[name] = pools[n]?.toVector() ?? new Float32Array();
  return kept;
}

/** Puts a checkpoint back into the vectors and pools; undefined when there is none that fits. */
export async function restoreTraining(
  file: string,
  model: Model,
  pictureLength: number,
  log: (line: string) => void,
  { parameters, slots }: SharedVectors,
  pools: readonly ImagePool[],
): Promise<TrainingState | undefined> {
  const checkpoint = await readCheckpoint<TrainingState>(file, log);
  if (!checkpoint) return undefined;
  const { state, vectors } = checkpoint;
  const targets = { parameters, mean: slots[0], square: slots[1] };
  const fits = Object.entries(targets).every(([name, target]) => vectors[name]?.length === target?.length);
  if (state.model !== describeModel(model) || !fits) {
    log('The checkpoint is of other networks; the training starts anew.');
    return undefined;
  }
  for (const [name, target] of Object.entries(targets)) target?.set(vectors[name] ?? []);
  for (const [n, name] of POOL_NAMES.entries())
    pools[n]?.restore(vectors[name] ?? new Float32Array(), pictureLength);
  log(`The training goes on after step ${state.step}.`);
  return state;
}

/** The order of all numbers in a vector, so that none is ever put in another's place. */
function describeModel({ mode, networks }: Model): string {
  const parts = networks.map(({ name, layout }) => `${name}:${layout.segments.length}:${layout.length}`);
  return [mode, ...parts].join(' ');
}
