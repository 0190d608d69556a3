import type { JsonObject } from '../../pipeline/core/json.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import { readCheckpoint } from '../lib/tensors/checkpoint.js';
import type { SharedVectors } from './shard-task.js';

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
  readonly step: number;
  readonly segments: string;
  readonly bestEpoch: number;
  readonly bestAp50: number;
  readonly misses: number;
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
  return { step: 0, segments: segmentNames(layout), bestEpoch: 0, bestAp50: -1, misses: 0, reports: [] };
}

/** The order of all numbers in a vector, so that none is ever put in another's place. */
function segmentNames(layout: NetworkLayout): string {
  return layout.segments.map(({ name, length }) => `${name}:${length}`).join(' ');
}
