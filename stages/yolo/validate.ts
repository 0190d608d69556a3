import type { FoundObject } from '../lib/darknet/find-objects.js';
import type { FlatObjects } from '../lib/imaging/augment.js';
import { averagePrecision, precisionAtRecalls } from '../lib/metrics/average-precision.js';

/** What counts as found while a training is watched. */
export const VALIDATION_FIND = { threshold: 0.005, nmsIou: 0.45, maxDetections: 100 } as const;

/** How well a network does on the validation images. */
export interface Validation {
  /** The mean over the classes of average precision at IoU 0.5. */
  readonly ap50: number;
  /** Precision at 101 recalls for each class; empty where there is no object of it. */
  readonly precisions: readonly (readonly number[])[];
}

/**
 * Precision of each class at IoU 0.5. It only chooses among checkpoints of one training; the evaluate stage gives the
 * figures to report.
 */
export function validationOf(
  found: readonly (readonly FoundObject[])[],
  truths: readonly FlatObjects[],
  classCount: number,
): Validation {
  const precisions = Array.from(
    { length: classCount },
    (_, c) => precisionAtRecalls(boxesOf(found, truths, c), 0.5) ?? [],
  );
  const present = precisions.filter((values) => values.length > 0).map(meanOf);
  return { ap50: present.length === 0 ? 0 : meanOf(present), precisions };
}

/** Average precision of one class at IoU 0.5; undefined when there is no object of it. */
export function classAp50(
  found: readonly (readonly FoundObject[])[],
  truths: readonly FlatObjects[],
  classIndex: number,
): number | undefined {
  return averagePrecision(boxesOf(found, truths, classIndex), 0.5);
}

function boxesOf(
  found: readonly (readonly FoundObject[])[],
  truths: readonly FlatObjects[],
  classIndex: number,
) {
  return truths.map((truth, n) => {
    const own = (found[n] ?? []).filter((object) => object.classIndex === classIndex);
    const boxes = [...truth.classes.keys()].filter((i) => truth.classes[i] === classIndex);
    return {
      found: own.flatMap((object) => object.box),
      scores: own.map((object) => object.score),
      truth: boxes.flatMap((i) => [...truth.boxes.subarray(4 * i, 4 * i + 4)]),
    };
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
