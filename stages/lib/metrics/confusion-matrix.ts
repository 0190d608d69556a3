import { counts, type BoxEvaluation } from './box-evaluation.js';
import { iouXywh } from './iou.js';

/** Rows are what is there, columns what the detector says; the last row is nothing there, the last column nothing said. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Pairs objects and detections from a score on, whatever their classes: of all pairs that overlap enough the one that
 * overlaps most comes first, and each is paired once. What overlaps a crowd or an optional object by as much of itself
 * and is left over is not counted.
 * @returns [K + 1, K + 1]
 */
export function confusionMatrix(
  evaluation: BoxEvaluation,
  options: { readonly minScore: number; readonly minIou: number },
): ConfusionMatrix {
  const { truth, detections, classCount } = evaluation;
  const matrix = Array.from({ length: classCount + 1 }, () => new Array<number>(classCount + 1).fill(0));
  const add = (row: number, column: number): void => {
    const line = matrix[row];
    if (line) line[column] = (line[column] ?? 0) + 1;
  };
  const truthsIn = byImage(truth.image, () => true);
  const foundIn = byImage(detections.image, (d) => (detections.score[d] as number) >= options.minScore);
  for (const image of new Set([...truthsIn.keys(), ...foundIn.keys()])) {
    const [truths, found] = [truthsIn.get(image) ?? [], foundIn.get(image) ?? []];
    const pairs = truths.flatMap((g) =>
      found.map((d) => ({ g, d, iou: iouXywh(truth.boxesXywhPx, g, detections.boxesXywhPx, d) })),
    );
    pairs.sort((a, b) => b.iou - a.iou || a.g - b.g || a.d - b.d);
    const [usedTruth, usedFound] = [new Set<number>(), new Set<number>()];
    for (const { g, d, iou } of pairs) {
      if (iou < options.minIou || usedTruth.has(g) || usedFound.has(d)) continue;
      usedTruth.add(g);
      usedFound.add(d);
      if (counts(truth, g)) add(truth.class[g] as number, detections.class[d] as number);
    }
    for (const g of truths)
      if (!usedTruth.has(g) && counts(truth, g)) add(truth.class[g] as number, classCount);
    const leave = truths.filter((g) => !counts(truth, g));
    for (const d of found)
      if (!usedFound.has(d) && !leave.some((g) => insideShare(evaluation, d, g) >= options.minIou))
        add(classCount, detections.class[d] as number);
  }
  return matrix;
}

/** Which share of a detection lies in a true box. */
function insideShare({ truth, detections }: BoxEvaluation, d: number, g: number): number {
  const [dx, dy, dw, dh] = Array.from({ length: 4 }, (_, side) => detections.boxesXywhPx[4 * d + side] ?? 0);
  const [gx, gy, gw, gh] = Array.from({ length: 4 }, (_, side) => truth.boxesXywhPx[4 * g + side] ?? 0);
  const [x, y, w, h] = [dx ?? 0, dy ?? 0, dw ?? 0, dh ?? 0];
  const width = Math.min(x + w, (gx ?? 0) + (gw ?? 0)) - Math.max(x, gx ?? 0);
  const height = Math.min(y + h, (gy ?? 0) + (gh ?? 0)) - Math.max(y, gy ?? 0);
  return width <= 0 || height <= 0 || w * h === 0 ? 0 : (width * height) / (w * h);
}

function byImage(image: ArrayLike<number>, wanted: (index: number) => boolean): Map<number, number[]> {
  const lists = new Map<number, number[]>();
  for (let index = 0; index < image.length; index++) {
    if (!wanted(index)) continue;
    const list = lists.get(image[index] as number);
    if (list) list.push(index);
    else lists.set(image[index] as number, [index]);
  }
  return lists;
}
