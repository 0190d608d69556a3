import type { ClassRanking } from './ranking.js';

export interface CalibrationBin {
  /** Scores from here on, below the next bin's. */
  readonly from: number;
  readonly detections: number;
  readonly meanScore: number;
  /** Share of them that is right at IoU .5. */
  readonly precision: number;
}

export interface Calibration {
  /** Bins that hold detections. */
  readonly bins: readonly CalibrationBin[];
  /** Mean distance of score and precision, weighted with the detections (expected calibration error, Guo et al. 2017). */
  readonly expectedError: number;
}

/** Whether a score says how likely a detection is right, over all classes. @returns undefined without detections */
export function calibrationOf(rankings: readonly ClassRanking[], binCount = 10): Calibration | undefined {
  const sums = Array.from({ length: binCount }, () => ({ detections: 0, score: 0, right: 0 }));
  let total = 0;
  for (const ranking of rankings)
    for (let d = 0; d < ranking.score.length; d++) {
      if ((ranking.ignored[d] as number) & 1) continue;
      const score = ranking.score[d] as number;
      const sum = sums[Math.min(binCount - 1, Math.max(0, Math.floor(score * binCount)))];
      if (!sum) continue;
      sum.detections += 1;
      sum.score += score;
      sum.right += (ranking.matched[d] as number) & 1;
      total += 1;
    }
  if (total === 0) return undefined;
  const bins = sums.flatMap(({ detections, score, right }, index) =>
    detections === 0
      ? []
      : [
          {
            from: index / binCount,
            detections,
            meanScore: score / detections,
            precision: right / detections,
          },
        ],
  );
  const expectedError = bins.reduce(
    (sum, bin) => sum + (bin.detections / total) * Math.abs(bin.meanScore - bin.precision),
    0,
  );
  return { bins, expectedError };
}
