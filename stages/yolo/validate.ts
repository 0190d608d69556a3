import type { FoundObject } from '../lib/darknet/find-objects.js';
import type { FlatObjects } from '../lib/imaging/augment.js';
import { averagePrecision } from '../lib/metrics/average-precision.js';

/** What counts as found while a training is watched. */
export const VALIDATION_FIND = { threshold: 0.005, nmsIou: 0.45, maxDetections: 100 } as const;

/**
 * The mean over the classes of average precision at IoU 0.5. It only chooses among checkpoints of one training; the
 * evaluate stage gives the figures to report.
 */
export function validationAp50(
  found: readonly (readonly FoundObject[])[],
  truths: readonly FlatObjects[],
  classCount: number,
): number {
  const each = Array.from({ length: classCount }, (_, c) => classAp50(found, truths, c));
  const present = each.filter((value) => value !== undefined);
  return present.length === 0 ? 0 : present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Average precision of one class at IoU 0.5; undefined when there is no object of it. */
export function classAp50(
  found: readonly (readonly FoundObject[])[],
  truths: readonly FlatObjects[],
  classIndex: number,
): number | undefined {
  const images = truths.map((truth, n) => {
    const own = (found[n] ?? []).filter((object) => object.classIndex === classIndex);
    const boxes = [...truth.classes.keys()].filter((i) => truth.classes[i] === classIndex);
    return {
      found: own.flatMap((object) => object.box),
      scores: own.map((object) => object.score),
      truth: boxes.flatMap((i) => [...truth.boxes.subarray(4 * i, 4 * i + 4)]),
    };
  });
  return averagePrecision(images, 0.5);
}
