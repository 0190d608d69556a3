import type { JsonObject } from '../../pipeline/core/json.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import { readCheckpoint } from '../lib/tensors/checkpoint.js';
import { freshPlateau, type PlateauState } from '../lib/tensors/schedules.js';
import type { LossParts } from './loss.js';
import type { SharedVectors } from './shard-task.js';
import type { Validation } from './validate.js';

/** One point of the training's curves. */
export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly box: number;
  readonly objectness: number;
  readonly classes: number;
  readonly rate: number;
  /** Where this epoch was validated. */
  readonly ap50?: number;
}

/** Where a training stands, beside its vectors. Randomness needs no state: it is a function of epoch and image. */
export interface TrainingState extends JsonObject {
  /** Steps that are done; may lie in the middle of an epoch. */
  readonly step: number;
  readonly segments: string;
  readonly bestEpoch: number;
  readonly bestAp50: number;
  /** Of the best, as Validation has them. */
  readonly bestPrecisions: readonly (readonly number[])[];
  readonly misses: number;
  readonly plateau: PlateauState & JsonObject;
  /** Of the epoch that has begun. */
  readonly sums: LossSumsState & JsonObject;
  readonly reports: readonly (EpochReport & JsonObject)[];
}

/** Vectors that worker threads share. @param start of the parameters and of their average */
export function makeVectors(start: Float32Array, slots: number, shards: number): SharedVectors {
  const vector = (values?: Float32Array): Float32Array => {
    const made = new Float32Array(new SharedArrayBuffer(4 * start.length));
    if (values) made.set(values);
    return made;
  };
  return {
    parameters: vector(start),
    average: vector(start),
    slots: Array.from({ length: slots }, () => vector()),
    gradients: Array.from({ length: shards }, () => vector()),
  };
}

/** The vectors that a checkpoint holds, by name. */
export function named(vectors: SharedVectors, best: Float32Array): Record<string, Float32Array> {
  const slots = vectors.slots.map((slot, i) => [`slot${i}`, slot] as const);
  return { parameters: vectors.parameters, average: vectors.average, best, ...Object.fromEntries(slots) };
}

/** Puts a checkpoint's vectors back, segment by segment name; undefined when there is none that fits. */
export async function restore(
  file: string,
  layout: NetworkLayout,
  log: (line: string) => void,
  vectors: SharedVectors,
  best: Float32Array,
): Promise<TrainingState | undefined> {
  const checkpoint = await readCheckpoint<TrainingState>(file, log);
  if (!checkpoint) return undefined;
  const targets = Object.entries(named(vectors, best));
  const fits = targets.every(([name, target]) => checkpoint.vectors[name]?.length === target.length);
  if (checkpoint.state.segments !== segmentNames(layout) || !fits) {
    log('The checkpoint is of another network; the training starts anew.');
    return undefined;
  }
  for (const [name, target] of targets) target.set(checkpoint.vectors[name] ?? []);
  log(`The training goes on after step ${checkpoint.state.step}.`);
  return checkpoint.state;
}

/** Of a training that has not begun. */
export function freshState(layout: NetworkLayout): TrainingState {
  return {
    step: 0,
    segments: segmentNames(layout),
    bestEpoch: 0,
    bestAp50: -1,
    bestPrecisions: [],
    misses: 0,
    plateau: { ...freshPlateau, best: -1 },
    sums: { box: 0, objectness: 0, classes: 0, steps: 0 },
    reports: [],
  };
}

/** The order of all numbers in a vector, so that none is ever put in another's place. */
function segmentNames(layout: NetworkLayout): string {
  return layout.segments.map(({ name, length }) => `${name}:${length}`).join(' ');
}

/** The state after an epoch: its report, and the best network so far if it is that. */
export function stateAfterEpoch(
  state: TrainingState,
  report: Omit<EpochReport, 'ap50'>,
  validation: Validation | undefined,
  step: number,
): TrainingState {
  const ap50 = validation?.ap50;
  const better = ap50 !== undefined && ap50 > state.bestAp50;
  const missed = ap50 !== undefined && !better;
  return {
    ...state,
    step,
    bestEpoch: better ? report.epoch : state.bestEpoch,
    bestAp50: better ? ap50 : state.bestAp50,
    bestPrecisions: better && validation ? validation.precisions : state.bestPrecisions,
    misses: better ? 0 : state.misses + (missed ? 1 : 0),
    reports: [...state.reports, { ...report, ...(ap50 === undefined ? {} : { ap50 }) }],
  };
}

interface LossSumsState extends LossParts {
  readonly steps: number;
}

/** The losses of an epoch's steps, to be averaged. */
export class LossSums {
  #sums: LossSumsState;

  /** @param state of an epoch that has begun */
  constructor(state: LossSumsState) {
    this.#sums = state;
  }

  get state(): LossSumsState & JsonObject {
    return { ...this.#sums };
  }

  add(step: LossParts): void {
    const { box, objectness, classes, steps } = this.#sums;
    this.#sums = {
      box: box + step.box,
      objectness: objectness + step.objectness,
      classes: classes + step.classes,
      steps: steps + 1,
    };
  }

  /** The means since the last call. */
  means(): LossParts & { readonly loss: number } {
    const { steps, ...sums } = this.#sums;
    const [box, objectness, classes] = [sums.box / steps, sums.objectness / steps, sums.classes / steps];
    this.#sums = { box: 0, objectness: 0, classes: 0, steps: 0 };
    return { loss: box + objectness + classes, box, objectness, classes };
  }
}

/** The loss of a step's shards together. */
export function totalOf(shards: readonly LossParts[]): LossParts & { readonly loss: number } {
  const sum = { box: 0, objectness: 0, classes: 0 };
  for (const { box, objectness, classes } of shards) {
    sum.box += box;
    sum.objectness += objectness;
    sum.classes += classes;
  }
  return { ...sum, loss: sum.box + sum.objectness + sum.classes };
}
