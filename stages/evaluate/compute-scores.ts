import { bootstrapFigures, percentileInterval } from '../lib/metrics/bootstrap.js';
import { calibrationOf } from '../lib/metrics/calibration.js';
import { summarizeCoco } from '../lib/metrics/coco-ap.js';
import { counts, type BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { matchBoxes, type BoxMatches } from '../lib/metrics/coco-match.js';
import { confusionMatrix } from '../lib/metrics/confusion-matrix.js';
import { analyseErrors, type ErrorAnalysis } from '../lib/metrics/error-types.js';
import { bestOperatingPoint, operatingPoints } from '../lib/metrics/operating-points.js';
import { precisionRecall } from '../lib/metrics/precision-recall.js';
import { rankingsOf, type ClassRanking, type Ranking } from '../lib/metrics/ranking.js';
import type { Scores } from '../lib/metrics/scores.js';
import { scoreSlices } from './slice-scores.js';
import type { Slice } from './slicing.js';
import { vocFigures } from './voc-figures.js';

export interface ScoreOptions {
  /** How often the images are drawn anew for the intervals. */
  readonly resamples: number;
  readonly seed: number;
  readonly voc: { readonly iou: number; readonly inclusivePixels: boolean };
  readonly slices: readonly Slice[];
}

export interface Computed {
  readonly scores: Scores;
  /** Ids of the images are the caller's to add. */
  readonly classes: Ranking['classes'];
  readonly errors: ErrorAnalysis;
}

/** Score thresholds of the table of operating points: .05, .1 … .95. */
const tableScores = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
/** Where the confusion matrix is taken when no detection is right. */
const fallbackScore = 0.25;

/** All figures, curves and slices of an evaluation. Pure. */
export function computeScores(
  evaluation: BoxEvaluation,
  classes: readonly string[],
  options: ScoreOptions,
): Computed {
  const matches = matchBoxes(evaluation);
  const rankings = rankingsOf(evaluation, matches);
  const errors = analyseErrors(evaluation, matches);
  const best = bestOperatingPoint(rankings);
  const resampled = bootstrapFigures(rankings, evaluation.imageCount, options);
  const intervalOf = (values: Float64Array): [number, number] => {
    const { low, high } = percentileInterval(values);
    return [low, high];
  };
  const minScore = best?.score ?? fallbackScore;
  const calibration = calibrationOf(rankings);
  const scores: Scores = {
    version: 2,
    ...cocoScores(evaluation, classes, matches),
    intervals: {
      resamples: options.resamples,
      AP: intervalOf(resampled.ap),
      AP50: intervalOf(resampled.ap50),
    },
    operatingPoints: operatingPoints(rankings, tableScores),
    bestOperatingPoint: best ?? null,
    voc: vocFigures(evaluation, classes, options.voc),
    errors: errors.summary,
    confusion: {
      minScore,
      minIou: 0.5,
      matrix: confusionMatrix(evaluation, { minScore, minIou: 0.5 }).map((row) => [...row]),
    },
    calibration: calibration ? { ...calibration, bins: [...calibration.bins] } : null,
    slices: scoreSlices(evaluation, rankings, options.slices, options),
  };
  return { scores, classes: classes.map((name, k) => named(name, rankings[k])), errors };
}

/** COCO's figures and curves alone, for one who is in a hurry. */
export function cocoScores(
  evaluation: BoxEvaluation,
  classes: readonly string[],
  matches: BoxMatches = matchBoxes(evaluation),
): Pick<Scores, 'stats' | 'perClass' | 'curve' | 'counts'> {
  const { figures, perClass } = summarizeCoco(matches);
  const curves = classes.map((_, index) => precisionRecall(matches, index));
  const found = new Uint32Array(classes.length);
  for (let d = 0; d < evaluation.detections.class.length; d++) {
    const index = evaluation.detections.class[d] as number;
    found[index] = (found[index] as number) + 1;
  }
  return {
    stats: figures,
    counts: countsOf(evaluation),
    perClass: classes.map((name, index) => ({
      class: name,
      AP: perClass[index]?.ap ?? -1,
      AP50: perClass[index]?.ap50 ?? -1,
      truth: matches.truthCount[0]?.[index] ?? 0,
      detections: found[index] as number,
      bestF1: curves[index]?.best ?? null,
    })),
    curve: {
      iou: 0.5,
      classes: classes.flatMap((name, index) => {
        const curve = curves[index];
        return curve ? [{ class: name, points: curve.interpolated.map(([r, p]) => [r, p]) }] : [];
      }),
    },
  };
}

function countsOf(evaluation: BoxEvaluation): Scores['counts'] {
  const { truth } = evaluation;
  let [crowds, optional] = [0, 0];
  for (let g = 0; g < truth.class.length; g++) {
    if (truth.crowd[g] === 1) crowds += 1;
    else if (!counts(truth, g)) optional += 1;
  }
  return {
    images: evaluation.imageCount,
    objects: truth.class.length,
    crowds,
    optional,
    detections: evaluation.detections.class.length,
  };
}

function named(name: string, ranking: ClassRanking | undefined): Ranking['classes'][number] {
  const list = (column: ArrayLike<number> | undefined): number[] => Array.from(column ?? []);
  return {
    class: name,
    score: list(ranking?.score),
    image: list(ranking?.image),
    matched: list(ranking?.matched),
    ignored: list(ranking?.ignored),
    truthImage: list(ranking?.truthImage),
  };
}
