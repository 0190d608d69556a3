import { ignores, type BoxEvaluation, type TruthColumns } from './box-evaluation.js';
import { areaBoundsPx, iouThresholds } from './coco-ranges.js';

const allThresholds = (1 << iouThresholds.length) - 1;

/** The boxes of one class in one image: runs of the orders by cell. */
export interface Cell {
  readonly found: Uint32Array;
  readonly foundStart: number;
  /** Those that count. */
  readonly foundCount: number;
  readonly truths: Uint32Array;
  readonly truthStart: number;
  readonly truthCount: number;
}

/** What a cell needs while it is matched; made once, for cells are many and small. */
export class CellScratch {
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

/** The arrays of a whole evaluation that a cell writes its part of (see BoxMatches). */
export interface CellResults {
  readonly matched: readonly Uint16Array[];
  readonly ignored: readonly Uint16Array[];
  readonly truth: Int32Array;
}

/**
 * Matches the boxes of one class in one image, at every threshold and size range.
 * @param written where the cell's detections start in the result's arrays
 */
export function matchCell(
  { truth, detections }: BoxEvaluation,
  cell: Cell,
  written: number,
  result: CellResults,
  scratch: CellScratch,
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
