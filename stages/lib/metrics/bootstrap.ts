import { createHash } from 'node:crypto';
import type { ClassRanking } from './ranking.js';
import { weightedFigures } from './weighted-figures.js';

/** AP (IoU .5–.95) and AP50 of each resample. */
export interface ResampledFigures {
  /** [B] */
  readonly ap: Float64Array;
  /** [B] */
  readonly ap50: Float64Array;
}

/** The central share of a distribution by its percentiles. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * How often each image is drawn when as many images as there are are drawn with replacement (Efron 1979). The same
 * name gives the same draws, so that two detectors can be compared on the same resamples.
 * @returns [N] whose sum is N
 */
export function drawImages(imageCount: number, seed: number, resample: number): Uint32Array {
  const times = new Uint32Array(imageCount);
  let block: Buffer = Buffer.alloc(0);
  for (let n = 0; n < imageCount; n++) {
    const word = n % 8; // a SHA-256 holds eight words
    if (word === 0)
      block = createHash('sha256')
        .update(`bootstrap ${seed} ${resample} ${n / 8}`)
        .digest();
    const image = Math.floor((block.readUInt32BE(4 * word) / 2 ** 32) * imageCount);
    times[image] = (times[image] as number) + 1;
  }
  return times;
}

/**
 * AP and AP50 over resampled images. Detections are matched once; a resample only weighs them with how often their
 * image was drawn. A resample without objects has the figures 0.
 */
export function bootstrapFigures(
  rankings: readonly ClassRanking[],
  imageCount: number,
  options: { readonly resamples: number; readonly seed: number },
): ResampledFigures {
  const figures = weightedFigures(rankings);
  const ap = new Float64Array(options.resamples);
  const ap50 = new Float64Array(options.resamples);
  for (let b = 0; b < options.resamples; b++) {
    const drawn = figures(drawImages(imageCount, options.seed, b));
    ap[b] = drawn?.ap ?? 0;
    ap50[b] = drawn?.ap50 ?? 0;
  }
  return { ap, ap50 };
}

/** @returns the interval that holds this share of the values, by linear interpolation between them */
export function percentileInterval(values: Float64Array, share = 0.95): Interval {
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, (1 - share) / 2), high: quantile(sorted, (1 + share) / 2) };
}

/**
 * How two detectors differ on the same resamples.
 * @returns the interval of b − a, and the two-sided p-value of no difference: twice the smaller share of resamples on
 *   one side of zero, zero itself on both, counted with one more on each side so that it is never 0
 */
export function pairedDifference(
  a: Float64Array,
  b: Float64Array,
): { readonly interval: Interval; readonly pValue: number } {
  const differences = Float64Array.from(b, (value, index) => value - (a[index] as number));
  const below = differences.filter((value) => value <= 0).length;
  const above = differences.filter((value) => value >= 0).length;
  const pValue = Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1));
  return { interval: percentileInterval(differences), pValue };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low] ?? 0, sorted[Math.min(low + 1, sorted.length - 1)] ?? 0];
  return a + (b - a) * (place - low);
}
