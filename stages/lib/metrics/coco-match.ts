import { ascending, orderByCell, sortByScore } from './cell-order.js';

/** Boxes of a whole evaluation as parallel arrays. Classes and images are numbered from 0. */
interface BoxColumns {
  readonly image: ArrayLike<number>;
  readonly class: ArrayLike<number>;
  /** [N · 4] x, y, width, height in pixels. */
  readonly boxesXywhPx: ArrayLike<number>;
}

export interface TruthColumns extends BoxColumns {
  /** [G] what size ranges go by. */
  readonly areaPx: ArrayLike<number>;
  /** [G] 1 for a box around many objects. */
  readonly crowd: ArrayLike<number>;
  /** [G] 1 for an object that need not be found: neither right nor wrong, and taken once. */
  readonly optional?: ArrayLike<number>;
}

export interface DetectionColumns extends BoxColumns {
  /** [D] no NaN. */
  readonly score: ArrayLike<number>;
}

export interface BoxEvaluation {
  readonly imageCount: number;
  readonly classCount: number;
  readonly truth: TruthColumns;
  readonly detections: DetectionColumns;
}

/** .5, .55 … .95 as numpy.linspace spells them. */
export const iouThresholds = linspace(0.5, 0.95, 10);
export const areaNames = ['all', 'small', 'medium', 'large'] as const;
/** Both bounds belong to the range: an object of 32² pixels is small and medium. */
const areaBoundsPx: readonly (readonly [number, number])[] = [
  [0, 1e10],
  [0, 32 ** 2],
  [32 ** 2, 96 ** 2],
  [96 ** 2, 1e10],
];
/** Detections that count, per image and class. */
export const maxDetections = 100;
const allThresholds = (1 << iouThresholds.length) - 1;

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

  const scratch = new Scratch();
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

/** The boxes of one class in one image: runs of the orders by cell. */
interface Cell {
  readonly found: Uint32Array;
  readonly foundStart: number;
  /** Those that count. */
  readonly foundCount: number;
  readonly truths: Uint32Array;
  readonly truthStart: number;
  readonly truthCount: number;
}

/** What a cell needs while it is matched; made once, for cells are many and small. */
class Scratch {
  /** [D · G] */
  ious = new Float64Array(0);
  /** [D] */
  bestIou = new Float64Array(0);
  /** [G] the cell's ground truth, what counts first. */
  candidates = new Uint32Array(0);
  /** [G] a bit a threshold at which it is taken. */
  taken = new Uint16Array(0);

  fit(foundCount: number, truthCount: number): void {
    if (this.ious.length < foundCount * truthCount) this.ious = new Float64Array(2 * foundCount * truthCount);
    if (this.bestIou.length < foundCount) this.bestIou = new Float64Array(2 * foundCount);
    if (this.candidates.length >= truthCount) return;
    this.candidates = new Uint32Array(2 * truthCount);
    this.taken = new Uint16Array(2 * truthCount);
  }
}

/** @param written where the cell's detections start in the result's arrays */
function matchCell(
  { truth, detections }: BoxEvaluation,
  cell: Cell,
  written: number,
  result: Pick<BoxMatches, 'matched' | 'ignored' | 'truth'>,
  scratch: Scratch,
): void {
  const { found, foundStart, foundCount, truths, truthStart, truthCount } = cell;
  scratch.fit(foundCount, truthCount);
  const { ious, bestIou, candidates, taken } = scratch;
  let highest = 0;
  for (let d = 0; d < foundCount; d++) {
    let best = 0;
    for (let g = 0; g < truthCount; g++) {
      const iou = iouXywh(
        detections.boxesXywhPx,
        found[foundStart + d] as number,
        truth,
        truths[truthStart + g] as number,
      );
      ious[d * truthCount + g] = iou;
      if (iou > best) best = iou;
    }
    bestIou[d] = best;
    if (best > highest) highest = best;
  }
  for (let area = 0; area < areaBoundsPx.length; area++) {
    const [minPx, maxPx] = areaBoundsPx[area] as readonly [number, number];
    const matched = result.matched[area] as Uint16Array;
    const ignored = result.ignored[area] as Uint16Array;
    const countingCount =
      highest < (iouThresholds[0] as number) ? 0 : sortCandidates(truth, cell, minPx, maxPx, candidates);
    taken.fill(0, 0, truthCount);
    for (let d = 0; d < foundCount; d++) {
      const box = 4 * (found[foundStart + d] as number);
      const sizePx =
        (detections.boxesXywhPx[box + 2] as number) * (detections.boxesXywhPx[box + 3] as number);
      let [hits, ignoredAt] = [0, sizePx < minPx || sizePx > maxPx ? allThresholds : 0];
      for (let t = 0; t < iouThresholds.length; t++) {
        let best = Math.min(iouThresholds[t] as number, 1 - 1e-10);
        if ((bestIou[d] as number) < best) break;
        let bestAt = -1;
        for (let c = 0; c < truthCount; c++) {
          const g = candidates[c] as number;
          if (((taken[g] as number) >> t) & 1 && truth.crowd[truths[truthStart + g] as number] !== 1)
            continue;
          if (c >= countingCount && bestAt >= 0 && bestAt < countingCount) break;
          const iou = ious[d * truthCount + g] as number;
          if (iou < best) continue;
          best = iou;
          bestAt = c;
        }
        if (bestAt < 0) continue;
        const g = candidates[bestAt] as number;
        taken[g] = (taken[g] as number) | (1 << t);
        hits |= 1 << t;
        if (area === 0 && t === 0) result.truth[written + d] = truths[truthStart + g] as number;
        ignoredAt = bestAt < countingCount ? ignoredAt & ~(1 << t) : ignoredAt | (1 << t);
      }
      matched[written + d] = hits;
      ignored[written + d] = ignoredAt;
    }
  }
}

/**
 * Puts a cell's ground truth in the order in which it is looked at: what counts in an area range first.
 * @returns how many count
 */
function sortCandidates(
  truth: TruthColumns,
  { truths, truthStart, truthCount }: Cell,
  minPx: number,
  maxPx: number,
  candidates: Uint32Array,
): number {
  let counting = 0;
  for (let g = 0; g < truthCount; g++)
    if (!ignores(truth, truths[truthStart + g] as number, minPx, maxPx)) candidates[counting++] = g;
  let place = counting;
  for (let g = 0; g < truthCount && place < truthCount; g++)
    if (ignores(truth, truths[truthStart + g] as number, minPx, maxPx)) candidates[place++] = g;
  return counting;
}

function iouXywh(
  boxes: ArrayLike<number>,
  detection: number,
  truth: TruthColumns,
  truthIndex: number,
): number {
  const [d, g] = [4 * detection, 4 * truthIndex];
  const [dx, dy, dw, dh] = [boxes[d], boxes[d + 1], boxes[d + 2], boxes[d + 3]] as Corners;
  const other = truth.boxesXywhPx;
  const [gx, gy, gw, gh] = [other[g], other[g + 1], other[g + 2], other[g + 3]] as Corners;
  const width = Math.min(dx + dw, gx + gw) - Math.max(dx, gx);
  if (width <= 0) return 0;
  const height = Math.min(dy + dh, gy + gh) - Math.max(dy, gy);
  if (height <= 0) return 0;
  const shared = width * height;
  return shared / (truth.crowd[truthIndex] === 1 ? dw * dh : dw * dh + gw * gh - shared);
}

type Corners = [number, number, number, number];

function ignores(truth: TruthColumns, index: number, minPx: number, maxPx: number): boolean {
  const areaPx = truth.areaPx[index] as number;
  return counts(truth, index) ? areaPx < minPx || areaPx > maxPx : true;
}

/** Whether an object has to be found at all: not a crowd, and not optional. */
export function counts(truth: TruthColumns, index: number): boolean {
  return truth.crowd[index] !== 1 && truth.optional?.[index] !== 1;
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

/** count numbers from first to last, by numpy.linspace's arithmetic: what is equal there is equal here. */
export function linspace(first: number, last: number, count: number): Float64Array {
  const step = (last - first) / (count - 1);
  const values = Float64Array.from({ length: count }, (_, index) => first + index * step);
  values[count - 1] = last;
  return values;
}
