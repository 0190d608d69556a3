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
  let sum = 0;
  let present = 0;
  for (let c = 0; c < classCount; c++) {
    const images = truths.map((truth, n) => {
      const own = (found[n] ?? []).filter((object) => object.classIndex === c);
      const boxes = [...truth.classes.keys()].filter((i) => truth.classes[i] === c);
      return {
        found: own.flatMap((object) => object.box),
        scores: own.map((object) => object.score),
        truth: boxes.flatMap((i) => [...truth.boxes.subarray(4 * i, 4 * i + 4)]),
      };
    });
    const precision = averagePrecision(images, 0.5);
    if (precision === undefined) continue;
    sum += precision;
    present++;
  }
  return present === 0 ? 0 : sum / present;
}
