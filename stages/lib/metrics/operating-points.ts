import { interpolate } from './coco-ap.js';
import type { ClassRanking } from './ranking.js';

/** Precision, recall and their harmonic mean; null where nothing was found, or nothing was to be found. */
export interface PrecisionRecallF1 {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** What holds when only detections with at least this score count, at IoU .5. */
export interface OperatingPoint {
  readonly score: number;
  /** Boxes that were found, right or wrong. */
  readonly found: number;
  readonly right: number;
  /** Mean of the classes' AP50 over the detections that are left. */
  readonly ap50: number;
  /** All boxes in one pot. */
  readonly micro: PrecisionRecallF1;
  /** Means over the classes that have objects; a class without detections has the precision 0. */
  readonly macro: PrecisionRecallF1;
}

/** The table of operating points over score thresholds; classes without objects are left out. */
export function operatingPoints(
  rankings: readonly ClassRanking[],
  scores: readonly number[],
): OperatingPoint[] {
  const present = rankings.filter(({ truthImage }) => truthImage.length > 0);
  const truthTotal = present.reduce((sum, { truthImage }) => sum + truthImage.length, 0);
  return scores.map((score) => {
    const perClass = present.map((ranking) => tally(ranking, score));
    const [right, found] = [sumOf(perClass, 'right'), sumOf(perClass, 'found')];
    const precision = meanOf(perClass.map((one) => (one.found === 0 ? 0 : one.right / one.found)));
    const recall = meanOf(perClass.map((one) => one.right / one.truth));
    const f1 = meanOf(perClass.map((one) => (2 * one.right) / (one.found + one.truth)));
    return {
      score,
      found,
      right,
      ap50: meanOf(perClass.map(({ ap50 }) => ap50)) ?? 0,
      micro: {
        precision: found === 0 ? null : right / found,
        recall: truthTotal === 0 ? null : right / truthTotal,
        f1: found + truthTotal === 0 ? null : (2 * right) / (found + truthTotal),
      },
      macro: { precision, recall, f1 },
    };
  });
}

/**
 * The score threshold with the highest micro F1, among the scores that detections have. Unsmoothed.
 * @returns undefined when nothing is right
 */
export function bestOperatingPoint(rankings: readonly ClassRanking[]): OperatingPoint | undefined {
  const present = rankings.filter(({ truthImage }) => truthImage.length > 0);
  const truth = present.reduce((sum, { truthImage }) => sum + truthImage.length, 0);
  const all = present.flatMap((ranking) =>
    Array.from({ length: ranking.score.length }, (_, d) => ({
      score: ranking.score[d] as number,
      right: (ranking.matched[d] as number) & 1,
      ignored: (ranking.ignored[d] as number) & 1,
    })).filter(({ ignored }) => ignored === 0),
  );
  all.sort((a, b) => b.score - a.score);
  let [right, best, bestF1] = [0, 0, 0];
  for (const [index, detection] of all.entries()) {
    right += detection.right;
    if (all[index + 1]?.score === detection.score) continue; // a threshold cannot part them
    const f1 = (2 * right) / (index + 1 + truth);
    if (f1 > bestF1) [best, bestF1] = [detection.score, f1];
  }
  return bestF1 === 0 ? undefined : operatingPoints(rankings, [best])[0];
}

interface Tally {
  readonly found: number;
  readonly right: number;
  readonly truth: number;
  readonly ap50: number;
}

function tally(ranking: ClassRanking, score: number): Tally {
  const truth = ranking.truthImage.length;
  const precision: number[] = [];
  let [found, right] = [0, 0];
  for (let d = 0; d < ranking.score.length && (ranking.score[d] as number) >= score; d++) {
    if ((ranking.ignored[d] as number) & 1) continue;
    found += 1;
    if (((ranking.matched[d] as number) & 1) === 0) continue;
    right += 1;
    precision.push(right / (found + Number.EPSILON));
  }
  const read = interpolate(Float64Array.from(precision), truth);
  return { found, right, truth, ap50: read.reduce((sum, value) => sum + value, 0) / read.length };
}

function sumOf(tallies: readonly Tally[], what: 'found' | 'right'): number {
  return tallies.reduce((sum, one) => sum + one[what], 0);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
