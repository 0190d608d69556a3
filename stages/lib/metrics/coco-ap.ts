import type { BoxMatches } from './coco-match.js';
import { areaNames, iouThresholds, linspace, maxDetections } from './coco-ranges.js';

/** COCO's twelve figures; −1 where there is no ground truth to find. */
export const cocoFigureNames = [
  'AP',
  'AP50',
  'AP75',
  'APs',
  'APm',
  'APl',
  'AR1',
  'AR10',
  'AR100',
  'ARs',
  'ARm',
  'ARl',
] as const;
export type CocoFigures = Readonly<Record<(typeof cocoFigureNames)[number], number>>;

export interface CocoSummary {
  readonly figures: CocoFigures;
  /** [K] over all sizes and 100 detections. −1 for a class without ground truth. */
  readonly perClass: readonly { readonly ap: number; readonly ap50: number }[];
}

/** 0, .01 … 1 as numpy.linspace spells them. */
export const recallThresholds = linspace(0, 1, 101);

/** Precision at the 101 recall thresholds and the highest recall, for each class and IoU threshold. */
interface Accumulated {
  /** [K] classes that have ground truth. */
  readonly present: readonly boolean[];
  /** [K · T] mean of the interpolated precision over the recall thresholds. */
  readonly precision: Float64Array;
  /** [K · T] */
  readonly recall: Float64Array;
}

/**
 * The twelve figures and the AP of each class, as pycocotools' COCOeval.accumulate and summarize: precision
 * tp / (tp + fp + 2⁻⁵²), made falling from the right, read at 101 recall thresholds, 0 past the last recall.
 * Classes without ground truth are left out of the means; where none is left the figure is −1.
 */
export function summarizeCoco(matches: BoxMatches): CocoSummary {
  const [all, small, medium, large] = areaNames.map((_, area) =>
    accumulate(matches, area, maxDetections),
  ) as [Accumulated, Accumulated, Accumulated, Accumulated];
  const [first, ten] = [accumulate(matches, 0, 1), accumulate(matches, 0, 10)];
  const threshold75 = 5;
  const figures: CocoFigures = {
    AP: meanOf(all, 'precision'),
    AP50: meanOf(all, 'precision', 0),
    AP75: meanOf(all, 'precision', threshold75),
    APs: meanOf(small, 'precision'),
    APm: meanOf(medium, 'precision'),
    APl: meanOf(large, 'precision'),
    AR1: meanOf(first, 'recall'),
    AR10: meanOf(ten, 'recall'),
    AR100: meanOf(all, 'recall'),
    ARs: meanOf(small, 'recall'),
    ARm: meanOf(medium, 'recall'),
    ARl: meanOf(large, 'recall'),
  };
  const steps = iouThresholds.length;
  const perClass = all.present.map((present, k) => {
    if (!present) return { ap: -1, ap50: -1 };
    const own = all.precision.subarray(k * steps, (k + 1) * steps); // [T]
    return { ap: own.reduce((sum, value) => sum + value, 0) / steps, ap50: own[0] as number };
  });
  return { figures, perClass };
}

/** Mean over the classes with ground truth and over all IoU thresholds, or over one of them. */
function meanOf(values: Accumulated, what: 'precision' | 'recall', threshold?: number): number {
  let [sum, count] = [0, 0];
  for (const [k, present] of values.present.entries()) {
    if (!present) continue;
    for (let t = 0; t < iouThresholds.length; t++) {
      if (threshold !== undefined && t !== threshold) continue;
      sum += values[what][k * iouThresholds.length + t] as number;
      count += 1;
    }
  }
  return count === 0 ? -1 : sum / count;
}

function accumulate(matches: BoxMatches, area: number, perImage: number): Accumulated {
  const steps = iouThresholds.length;
  const truthCounts = matches.truthCount[area] as Uint32Array;
  const precision = new Float64Array(matches.classCount * steps);
  const recall = new Float64Array(matches.classCount * steps);
  for (let k = 0; k < matches.classCount; k++) {
    const truthCount = truthCounts[k] as number;
    if (truthCount === 0) continue;
    for (const [t, hits] of precisionsAtHits(matches, { class: k, area, perImage }).entries()) {
      recall[k * steps + t] = hits.length / truthCount;
      const read = interpolate(hits, truthCount);
      precision[k * steps + t] = read.reduce((sum, value) => sum + value, 0) / read.length;
    }
  }
  return { present: Array.from(truthCounts, (count) => count > 0), precision, recall };
}

export interface CurveOf {
  readonly class: number;
  /** Place in areaNames. */
  readonly area: number;
  /** Detections that count, per image. */
  readonly perImage: number;
}

/**
 * The precision at every correct detection, by falling score; between them recall stands still and precision falls,
 * so nothing else matters to the curve. In one pass for all IoU thresholds: most detections are the same at all.
 * @returns [T][hits] for the j-th hit at a threshold the recall is (j + 1) / truth
 */
export function precisionsAtHits(matches: BoxMatches, curve: CurveOf): Float64Array[] {
  const [start, end] = [
    matches.classStart[curve.class] as number,
    matches.classStart[curve.class + 1] as number,
  ];
  const { order, rank } = matches;
  const matched = matches.matched[curve.area] as Uint16Array;
  const ignored = matches.ignored[curve.area] as Uint16Array;
  const steps = iouThresholds.length;
  // No object that counts is found twice.
  const most = (matches.truthCount[curve.area] as Uint32Array)[curve.class] as number;
  const precisions = Array.from({ length: steps }, () => new Float64Array(most));
  const [right, wrong] = [new Uint32Array(steps), new Uint32Array(steps)]; // [T]
  let wrongAtAll = 0;
  for (let place = start; place < end; place++) {
    const d = order[place] as number;
    if ((rank[d] as number) >= curve.perImage) continue;
    const [hits, passedOver] = [matched[d] as number, ignored[d] as number];
    if (hits === 0 && passedOver === 0) {
      wrongAtAll += 1;
      continue;
    }
    for (let t = 0; t < steps; t++) {
      if ((passedOver >> t) & 1) continue;
      if ((hits >> t) & 1) {
        const count = (right[t] as number) + 1;
        right[t] = count;
        const found = (wrong[t] as number) + wrongAtAll + count;
        (precisions[t] as Float64Array)[count - 1] = count / (found + Number.EPSILON);
      } else wrong[t] = (wrong[t] as number) + 1;
    }
  }
  return precisions.map((precision, t) => precision.subarray(0, right[t]));
}

/**
 * Precision at the 101 recall thresholds: the best precision at this recall or a higher one, 0 past the last.
 * @param precision [hits] of precisionsAtHits; is made falling in place
 */
export function interpolate(precision: Float64Array, truthCount: number): Float64Array {
  for (let j = precision.length - 2; j >= 0; j--)
    if ((precision[j + 1] as number) > (precision[j] as number)) precision[j] = precision[j + 1] as number;
  const read = new Float64Array(recallThresholds.length);
  let hit = 0;
  for (let r = 0; r < read.length; r++) {
    while (hit < precision.length && (hit + 1) / truthCount < (recallThresholds[r] as number)) hit++;
    if (hit === precision.length) break;
    read[r] = precision[hit] as number;
  }
  return read;
}
