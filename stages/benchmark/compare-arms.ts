import { UserError } from '../../pipeline/core/user-error.js';
import {
  bootstrapFigures,
  pairedDifference,
  percentileInterval,
  type Interval,
  type ResampledFigures,
} from '../lib/metrics/bootstrap.js';
import type { Ranking } from '../lib/metrics/ranking.js';
import type { Scores } from '../lib/metrics/scores.js';
import type { Arm } from './arms.js';

/** What one evaluation brings into the comparison. */
export interface Scored {
  readonly scores: Scores;
  readonly ranking: Ranking;
}

/** A figure of an arm: the mean over its repetitions. */
export interface ArmFigure {
  readonly mean: number;
  /** Sample standard deviation over the repetitions; null for a single one. */
  readonly deviation: number | null;
  /** 95 % of the resamples of the test images, of the mean over the repetitions. */
  readonly interval: Interval;
}

/** How an arm differs from the baseline on the same resamples of the images. */
export interface Difference {
  readonly mean: number;
  readonly interval: Interval;
  readonly pValue: number;
}

export interface ArmResult {
  readonly name: string;
  readonly repetitions: number;
  readonly AP: ArmFigure;
  readonly AP50: ArmFigure;
  /** Mean over the repetitions of the highest micro F1; null where nothing was right. */
  readonly bestF1: number | null;
  /** The figures on each resample of the images, averaged over the repetitions. */
  readonly resampled: ResampledFigures;
  /** Null for the baseline itself, and without a baseline. */
  readonly difference: { readonly AP: Difference; readonly AP50: Difference } | null;
}

/**
 * Compares arms on the same test images, best first by mean AP50. Seeds and images are kept apart: the deviation is
 * over repetitions, intervals and differences are over images, and all arms are drawn the same images.
 * @throws UserError when two evaluations are not about the same images and objects
 */
export function compareArms(
  arms: readonly Arm<Scored>[],
  baseline: Arm<Scored> | undefined,
  options: { readonly resamples: number; readonly seed: number },
): ArmResult[] {
  expectSameTruth(arms);
  const resampled = new Map(arms.map((arm) => [arm, meanOverRepetitions(arm, options)]));
  const against = baseline && resampled.get(baseline);
  const results = arms.map((arm): ArmResult => {
    const own = resampled.get(arm) as ResampledFigures; // every arm was resampled just before
    const figure = (name: 'AP' | 'AP50', values: Float64Array): ArmFigure => ({
      ...overRepetitions(arm.repetitions.map(({ value }) => value.scores.stats[name])),
      interval: percentileInterval(values),
    });
    const best = arm.repetitions.flatMap(({ value }) => value.scores.bestOperatingPoint?.micro.f1 ?? []);
    const [AP, AP50] = [figure('AP', own.ap), figure('AP50', own.ap50)];
    return {
      name: arm.name,
      repetitions: arm.repetitions.length,
      AP,
      AP50,
      resampled: own,
      bestF1: best.length === 0 ? null : best.reduce((sum, f1) => sum + f1, 0) / arm.repetitions.length,
      difference:
        !against || !baseline || arm === baseline
          ? null
          : {
              AP: difference(meanOf(baseline, 'AP'), AP.mean, against.ap, own.ap),
              AP50: difference(meanOf(baseline, 'AP50'), AP50.mean, against.ap50, own.ap50),
            },
    };
  });
  return results.sort((a, b) => b.AP50.mean - a.AP50.mean || (a.name < b.name ? -1 : 1));
}

function difference(base: number, own: number, baseDrawn: Float64Array, ownDrawn: Float64Array): Difference {
  return { mean: own - base, ...pairedDifference(baseDrawn, ownDrawn) };
}

function meanOf(arm: Arm<Scored>, name: 'AP' | 'AP50'): number {
  return overRepetitions(arm.repetitions.map(({ value }) => value.scores.stats[name])).mean;
}

function overRepetitions(values: readonly number[]): Pick<ArmFigure, 'mean' | 'deviation'> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}

/** The figures of each resample, averaged over the repetitions. */
function meanOverRepetitions(
  arm: Arm<Scored>,
  options: { readonly resamples: number; readonly seed: number },
): ResampledFigures {
  const ap = new Float64Array(options.resamples);
  const ap50 = new Float64Array(options.resamples);
  for (const { value } of arm.repetitions) {
    const drawn = bootstrapFigures(value.ranking.classes, value.ranking.images.length, options);
    for (let b = 0; b < options.resamples; b++) {
      ap[b] = (ap[b] ?? 0) + (drawn.ap[b] ?? 0) / arm.repetitions.length;
      ap50[b] = (ap50[b] ?? 0) + (drawn.ap50[b] ?? 0) / arm.repetitions.length;
    }
  }
  return { ap, ap50 };
}

function expectSameTruth(arms: readonly Arm<Scored>[]): void {
  const all = arms.flatMap((arm) =>
    arm.repetitions.map(({ name, value }) => ({
      label: name === '' ? arm.name : `${arm.name} (${name})`,
      value,
    })),
  );
  const [first, ...others] = all;
  if (!first) return;
  for (const other of others) {
    const what = differenceOfTruth(first.value.ranking, other.value.ranking);
    if (what !== undefined)
      throw new UserError(`${first.label} and ${other.label} cannot be compared: ${what}.`, {
        hint: 'Evaluate all of them on the same dataset; differences are taken image by image.',
      });
  }
}

function differenceOfTruth(a: Ranking, b: Ranking): string | undefined {
  if (a.images.length !== b.images.length || a.images.some((id, index) => id !== b.images[index]))
    return `they were scored on other images (${a.images.length} and ${b.images.length})`;
  const names = (ranking: Ranking): string => ranking.classes.map((one) => one.class).join(', ');
  if (names(a) !== names(b)) return `their classes are ${names(a)} and ${names(b)}`;
  const differs = a.classes.find((one, k) => String(one.truthImage) !== String(b.classes[k]?.truthImage));
  return differs && `their true objects of class ${differs.class} differ`;
}
