import { iouOf } from './iou.js';

/** Boxes of one class in one image. */
interface ImageBoxes {
  /** Found boxes, four numbers each, and their scores. */
  readonly found: readonly number[];
  readonly scores: readonly number[];
  /** True boxes, four numbers each. */
  readonly truth: readonly number[];
}

/** Recalls at which precision is read: 0, .01 … 1, as COCO's. */
const RECALLS = 101;

/**
 * Average precision of one class at one IoU threshold: the mean of precisionAtRecalls.
 * @returns 0–1, or undefined when there is no true box
 */
export function averagePrecision(images: readonly ImageBoxes[], iouThreshold: number): number | undefined {
  const precisions = precisionAtRecalls(images, iouThreshold);
  return precisions && precisions.reduce((sum, precision) => sum + precision, 0) / RECALLS;
}

/**
 * Precision of one class at 101 recalls from 0 to 1: findings of all images by falling score, each takes the free true box
 * that it overlaps most; precision made monotone; 0 beyond the last recall.
 * @returns undefined when there is no true box
 */
export function precisionAtRecalls(
  images: readonly ImageBoxes[],
  iouThreshold: number,
): number[] | undefined {
  const total = images.reduce((sum, image) => sum + image.truth.length / 4, 0);
  if (total === 0) return undefined;
  const findings = images.flatMap((image, n) => image.scores.map((score, i) => ({ n, i, score })));
  findings.sort((a, b) => b.score - a.score || a.n - b.n || a.i - b.i);
  const taken = images.map(() => new Set<number>());
  const recalls: number[] = [];
  const precisions: number[] = [];
  let hits = 0;
  for (const [rank, { n, i }] of findings.entries()) {
    const { found, truth } = images[n] ?? { found: [], truth: [] };
    let best = -1;
    let bestIou = iouThreshold;
    for (let t = 0; t < truth.length / 4; t++) {
      const iou = iouOf(found, i, truth, t);
      if (iou >= bestIou && taken[n]?.has(t) === false) [best, bestIou] = [t, iou];
    }
    if (best >= 0) {
      taken[n]?.add(best);
      hits++;
    }
    recalls.push(hits / total);
    precisions.push(hits / (rank + 1));
  }
  for (let k = precisions.length - 2; k >= 0; k--)
    precisions[k] = Math.max(precisions[k] ?? 0, precisions[k + 1] ?? 0);
  let at = 0;
  return Array.from({ length: RECALLS }, (_, r) => {
    while (at < recalls.length && (recalls[at] ?? 0) < r / 100) at++;
    return precisions[at] ?? 0;
  });
}
