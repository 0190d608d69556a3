import { interpolate, precisionsAtHits, recallThresholds } from './coco-ap.js';
import type { BoxMatches } from './coco-match.js';
import { maxDetections } from './coco-ranges.js';

/** One point of a precision-recall curve: what holds when every detection down to this score counts. */
export interface OperatingPoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
}

/** How a class's precision falls while its recall rises, at an IoU of .5 and for objects of every size. */
export interface PrecisionRecall {
  /** [101] at COCO's recall thresholds, made falling, as AP50 reads it. */
  readonly interpolated: readonly (readonly [recall: number, precision: number])[];
  /** The score at which F1 = 2PR / (P + R) is highest, unsmoothed, for this class alone. Absent when nothing is right. */
  readonly best?: OperatingPoint & { readonly f1: number };
}

/** @returns undefined for a class without ground truth */
export function precisionRecall(matches: BoxMatches, classIndex: number): PrecisionRecall | undefined {
  const truthCount = matches.truthCount[0]?.[classIndex] ?? 0;
  if (truthCount === 0) return undefined;
  const curve = { class: classIndex, area: 0, perImage: maxDetections };
  const best = bestPoint(matches, classIndex, truthCount);
  const [atHits] = precisionsAtHits(matches, curve) as [Float64Array];
  const read = interpolate(atHits, truthCount);
  const interpolated = Array.from(recallThresholds, (recall, index) => [recall, read[index] ?? 0] as const);
  return { interpolated, ...(best ? { best } : {}) };
}

function bestPoint(
  matches: BoxMatches,
  classIndex: number,
  truthCount: number,
): PrecisionRecall['best'] | undefined {
  const [matched, ignored] = [matches.matched[0] as Uint16Array, matches.ignored[0] as Uint16Array];
  const end = matches.classStart[classIndex + 1] as number;
  let [right, wrong] = [0, 0];
  let best: PrecisionRecall['best'];
  for (let place = matches.classStart[classIndex] as number; place < end; place++) {
    const d = matches.order[place] as number;
    if (((ignored[d] as number) & 1) === 0) {
      if ((matched[d] as number) & 1) right += 1;
      else wrong += 1;
    }
    const score = matches.score[d] as number;
    // A threshold cannot part detections of the same score: the point stands after the last of them.
    const next = place + 1 < end ? matches.score[matches.order[place + 1] as number] : undefined;
    if (next === score || right === 0) continue;
    const [precision, recall] = [right / (right + wrong), right / truthCount];
    const f1 = (2 * precision * recall) / (precision + recall);
    if (!best || f1 > best.f1) best = { score, precision, recall, f1 };
  }
  return best;
}
