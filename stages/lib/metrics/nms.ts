import { iouOf } from './iou.js';

/** Scored boxes side by side. */
export interface ScoredBoxes {
  /** Four numbers a box: xmin, ymin, xmax, ymax. */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  /** Class indices. */
  readonly classes: Int32Array;
}

/**
 * Greedy non-maximum suppression for each class by itself, as darknet's do_nms_sort: a box goes when a better one of
 * its class overlaps it by more than the threshold.
 * @returns indices of the boxes that stay, best score first; of equal scores the first given comes first
 */
export function nonMaximumSuppression(found: ScoredBoxes, iouThreshold: number): number[] {
  const order = Array.from(found.scores.keys()).sort(
    (a, b) => (found.scores[b] ?? 0) - (found.scores[a] ?? 0) || a - b,
  );
  const kept: number[] = [];
  const keptOfClass = new Map<number, number[]>();
  for (const candidate of order) {
    const classIndex = found.classes[candidate] ?? 0;
    let rivals = keptOfClass.get(classIndex);
    if (!rivals) keptOfClass.set(classIndex, (rivals = []));
    if (rivals.some((rival) => iouOf(found.boxes, rival, found.boxes, candidate) > iouThreshold)) continue;
    rivals.push(candidate);
    kept.push(candidate);
  }
  return kept;
}
