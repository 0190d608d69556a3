import { counts, type BoxEvaluation } from './box-evaluation.js';
import type { BoxMatches } from './coco-match.js';
import { interpolate } from './coco-ap.js';
import { iouXywh } from './iou.js';

/** Why a detector loses precision or recall, after TIDE (Bolya et al. 2020), in the order in which they are tried. */
export const errorTypes = ['localisation', 'class', 'both', 'duplicate', 'background', 'missed'] as const;
export type ErrorType = (typeof errorTypes)[number];

/** From this overlap on a box is found. */
const foregroundIou = 0.5;
/** Below this overlap a box has nothing to do with an object. */
const backgroundIou = 0.1;

/** A detection that is wrong at IoU .5. */
export interface WrongDetection {
  /** Its place among the evaluation's detections. */
  readonly detection: number;
  readonly type: Exclude<ErrorType, 'missed'>;
  /** The object that it stands nearest to, −1 for none. */
  readonly truth: number;
  readonly iou: number;
}

export interface ErrorAnalysis {
  /** By falling score. */
  readonly wrong: readonly WrongDetection[];
  /** Objects that no detection is right about, nor wrong in place or class alone. */
  readonly missed: readonly number[];
  /** How many there are of each, and by how much AP50 would rise if there were none. */
  readonly summary: Readonly<Record<ErrorType, { readonly count: number; readonly deltaAp50: number }>>;
}

/**
 * Sorts what is wrong into TIDE's six types, at a foreground overlap of .5 and a background overlap of .1, and
 * measures each type by the AP50 that repairing it alone would bring: a misplaced or misnamed detection becomes right
 * if it is the best one of an object that nobody found, and is dropped otherwise; other wrong detections are dropped;
 * missed objects are no longer asked for.
 */
export function analyseErrors(evaluation: BoxEvaluation, matches: BoxMatches): ErrorAnalysis {
  const { truth, detections } = evaluation;
  const inImage = truthByImage(evaluation);
  const found = new Uint8Array(truth.class.length); // [G]
  for (const g of matches.truth) if (g >= 0) found[g] = 1;
  const wrong: WrongDetection[] = [];
  for (let m = 0; m < matches.detection.length; m++) {
    const [hits, ignored] = [matches.matched[0]?.[m] ?? 0, matches.ignored[0]?.[m] ?? 0];
    if ((hits | ignored) & 1) continue;
    const detection = matches.detection[m] as number;
    wrong.push(judge(evaluation, detection, inImage.get(matches.image[m] as number) ?? []));
  }
  wrong.sort(
    (a, b) =>
      (detections.score[b.detection] as number) - (detections.score[a.detection] as number) ||
      a.detection - b.detection,
  );
  const near = new Set(
    wrong.filter(({ type }) => type === 'localisation' || type === 'class').map(({ truth: g }) => g),
  );
  const missed = Array.from(found.keys()).filter((g) => counts(truth, g) && found[g] === 0 && !near.has(g));
  return { wrong, missed, summary: summarize(evaluation, matches, { wrong, missed, found }) };
}

function judge(evaluation: BoxEvaluation, detection: number, truths: readonly number[]): WrongDetection {
  const { truth, detections } = evaluation;
  let [same, sameIou, other, otherIou] = [-1, 0, -1, 0];
  for (const g of truths) {
    const iou = iouXywh(detections.boxesXywhPx, detection, truth.boxesXywhPx, g);
    if (truth.class[g] === detections.class[detection]) {
      if (iou > sameIou) [same, sameIou] = [g, iou];
    } else if (iou > otherIou) [other, otherIou] = [g, iou];
  }
  if (sameIou >= backgroundIou && sameIou < foregroundIou)
    return { detection, type: 'localisation', truth: same, iou: sameIou };
  if (otherIou >= foregroundIou) return { detection, type: 'class', truth: other, iou: otherIou };
  if (sameIou >= foregroundIou) return { detection, type: 'duplicate', truth: same, iou: sameIou };
  if (otherIou >= backgroundIou) return { detection, type: 'both', truth: other, iou: otherIou };
  return { detection, type: 'background', truth: -1, iou: Math.max(sameIou, otherIou) };
}

/** A detection in a class's ranking: right or wrong at IoU .5. */
interface Ranked {
  readonly score: number;
  readonly right: boolean;
}

function summarize(
  evaluation: BoxEvaluation,
  matches: BoxMatches,
  errors: Pick<ErrorAnalysis, 'wrong' | 'missed'> & { readonly found: Uint8Array },
): ErrorAnalysis['summary'] {
  const { detections, truth } = evaluation;
  const right: Ranked[][] = Array.from({ length: matches.classCount }, () => []);
  for (let m = 0; m < matches.detection.length; m++)
    if ((matches.matched[0]?.[m] ?? 0) & 1 && ((matches.ignored[0]?.[m] ?? 0) & 1) === 0)
      right[detections.class[matches.detection[m] as number] as number]?.push({
        score: matches.score[m] as number,
        right: true,
      });
  const truthCounts = Array.from(matches.truthCount[0] ?? []);
  const rankedWithout = (type: ErrorType | undefined): Ranked[][] => {
    const ranked = right.map((list) => [...list]);
    const repaired = new Set<number>();
    for (const { detection, type: own, truth: g } of errors.wrong) {
      const score = detections.score[detection] as number;
      if (own !== type) ranked[detections.class[detection] as number]?.push({ score, right: false });
      else if ((own === 'localisation' || own === 'class') && errors.found[g] === 0 && !repaired.has(g)) {
        repaired.add(g);
        ranked[truth.class[g] as number]?.push({ score, right: true });
      }
    }
    return ranked;
  };
  const base = meanAp50(rankedWithout(undefined), truthCounts);
  const entries = errorTypes.map((type) => {
    if (type === 'missed') {
      const left = [...truthCounts];
      for (const g of errors.missed)
        left[truth.class[g] as number] = (left[truth.class[g] as number] ?? 0) - 1;
      const deltaAp50 = meanAp50(rankedWithout(undefined), left) - base;
      return [type, { count: errors.missed.length, deltaAp50 }] as const;
    }
    const count = errors.wrong.filter((one) => one.type === type).length;
    return [type, { count, deltaAp50: meanAp50(rankedWithout(type), truthCounts) - base }] as const;
  });
  return Object.fromEntries(entries) as ErrorAnalysis['summary'];
}

/** Mean over the classes with objects. */
function meanAp50(ranked: readonly Ranked[][], truthCounts: readonly number[]): number {
  let [sum, classes] = [0, 0];
  for (const [k, list] of ranked.entries()) {
    const truth = truthCounts[k] ?? 0;
    if (truth === 0) continue;
    classes += 1;
    const precision: number[] = [];
    for (const [place, { right }] of [...list].sort((a, b) => b.score - a.score).entries())
      if (right) precision.push((precision.length + 1) / (place + 1));
    const read = interpolate(Float64Array.from(precision), truth);
    sum += read.reduce((total, value) => total + value, 0) / read.length;
  }
  return classes === 0 ? 0 : sum / classes;
}

/** Objects that have to be found, by image. */
function truthByImage({ truth }: BoxEvaluation): ReadonlyMap<number, readonly number[]> {
  const byImage = new Map<number, number[]>();
  for (let g = 0; g < truth.class.length; g++) {
    if (!counts(truth, g)) continue;
    const image = truth.image[g] as number;
    const list = byImage.get(image);
    if (list) list.push(g);
    else byImage.set(image, [g]);
  }
  return byImage;
}
