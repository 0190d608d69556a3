import { ignores, type BoxColumns, type BoxEvaluation } from './box-evaluation.js';
import { ascending, orderByCell, sortByScore } from './cell-order.js';
import { areaBoundsPx, areaNames, maxDetections } from './coco-ranges.js';
import { CellScratch, matchCell } from './match-cell.js';

/** What became of the M detections that count, those of a class together. */
export interface BoxMatches {
  readonly classCount: number;
  /** [K + 1] where the detections of a class start in the arrays below. */
  readonly classStart: Uint32Array;
  /** [M] places in the arrays below: class by class, by falling score. */
  readonly order: Uint32Array;
  readonly score: Float64Array;
  /** [M] */
  readonly image: Uint32Array;
  /** [M] its place among the detections that were given. */
  readonly detection: Uint32Array;
  /** [M] the true box that it took at IoU .5 for objects of every size, −1 for none. */
  readonly truth: Int32Array;
  /** [M] how many detections of the same image and class score higher. */
  readonly rank: Uint8Array;
  /** Per area range [M]: bit t is set when it took a ground truth at IoU threshold t. */
  readonly matched: readonly Uint16Array[];
  /** Per area range [M]: bit t is set when it counts neither as right nor as wrong at threshold t. */
  readonly ignored: readonly Uint16Array[];
  /** Per area range [K]: ground truth that counts. */
  readonly truthCount: readonly Uint32Array[];
}

/**
 * Assigns detections to ground truth as COCO does (pycocotools, COCOeval.evaluateImg, bounding boxes): per image and
 * class, by falling score, each to the free ground truth of the highest IoU ≥ t, the later one on a tie, and one that
 * counts before one that is ignored (a crowd, or outside the area range). A crowd takes any number; its IoU is the
 * intersection over the detection's area. A detection outside the area range that took nothing is ignored.
 * pycocotools never finds a ground truth with the id 0; there are no ids here, so that quirk is not kept.
 */
export function matchBoxes(evaluation: BoxEvaluation): BoxMatches {
  const { truth, detections, imageCount, classCount } = evaluation;
  const truthOrder = orderByCell(truth.class, truth.image, classCount, imageCount);
  const found = orderByCell(detections.class, detections.image, classCount, imageCount);
  const capacity = found.length;
  const perArea = <T>(make: () => T): T[] => areaNames.map(make);
  const score = new Float64Array(capacity);
  const image = new Uint32Array(capacity);
  const detection = new Uint32Array(capacity);
  const truthOf = new Int32Array(capacity).fill(-1);
  const rank = new Uint8Array(capacity);
  const matched = perArea(() => new Uint16Array(capacity));
  const ignored = perArea(() => new Uint16Array(capacity));
  const classStart = new Uint32Array(classCount + 1);

  const scratch = new CellScratch();
  let [written, truthAt] = [0, 0];
  for (let start = 0; start < found.length;) {
    const first = found[start] as number;
    const [cellClass, cellImage] = [detections.class[first] as number, detections.image[first] as number];
    let end = start + 1;
    while (end < found.length && isIn(detections, found[end] as number, cellClass, cellImage)) end++;
    sortByScore(found, start, end, detections.score);
    while (
      truthAt < truthOrder.length &&
      isBefore(truth, truthOrder[truthAt] as number, cellClass, cellImage)
    )
      truthAt++;
    let truthEnd = truthAt;
    while (truthEnd < truthOrder.length && isIn(truth, truthOrder[truthEnd] as number, cellClass, cellImage))
      truthEnd++;
    const foundCount = Math.min(end - start, maxDetections);
    for (let r = 0; r < foundCount; r++) {
      const d = found[start + r] as number;
      score[written + r] = detections.score[d] as number;
      image[written + r] = cellImage;
      detection[written + r] = d;
      rank[written + r] = r;
    }
    const cell = { found, foundStart: start, foundCount, truths: truthOrder, truthStart: truthAt, truthCount: truthEnd - truthAt }; // prettier-ignore
    matchCell(evaluation, cell, written, { matched, ignored, truth: truthOf }, scratch);
    written += foundCount;
    classStart[cellClass + 1] = written;
    start = end;
    truthAt = truthEnd;
  }
  const order = ascending(written);
  for (let k = 0; k < classCount; k++) {
    classStart[k + 1] = Math.max(classStart[k + 1] as number, classStart[k] as number);
    sortByScore(order, classStart[k] as number, classStart[k + 1] as number, score);
  }
  const truthCount = countTruth(evaluation);
  return {
    classCount,
    classStart,
    order,
    score,
    image,
    detection,
    truth: truthOf,
    rank,
    matched,
    ignored,
    truthCount,
  };
}

/** @returns per area range [K] */
function countTruth({ truth, classCount }: BoxEvaluation): Uint32Array[] {
  return areaBoundsPx.map(([minPx, maxPx]) => {
    const counts = new Uint32Array(classCount);
    for (let g = 0; g < truth.class.length; g++) {
      const k = truth.class[g] as number;
      if (!ignores(truth, g, minPx, maxPx)) counts[k] = (counts[k] as number) + 1;
    }
    return counts;
  });
}

function isIn(boxes: BoxColumns, index: number, cellClass: number, cellImage: number): boolean {
  return boxes.class[index] === cellClass && boxes.image[index] === cellImage;
}

function isBefore(boxes: BoxColumns, index: number, cellClass: number, cellImage: number): boolean {
  const k = boxes.class[index] as number;
  return k < cellClass || (k === cellClass && (boxes.image[index] as number) < cellImage);
}
