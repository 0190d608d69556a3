import { z } from 'zod';

/** Counts of values between bounds. */
export const histogramSchema = z.strictObject({
  /** Lower bounds of the bins; the last bin has no upper one, the first takes what lies below it, too. */
  bounds: z.array(z.number()),
  counts: z.array(z.number().int()),
});
export type Histogram = z.infer<typeof histogramSchema>;

export function emptyHistogram(bounds: readonly number[]): Histogram {
  return { bounds: [...bounds], counts: bounds.map(() => 0) };
}

/** So many bins of equal width, from low on. */
export function evenBounds(low: number, high: number, bins: number): number[] {
  return Array.from({ length: bins }, (_, bin) => low + ((high - low) * bin) / bins);
}

export function addTo(histogram: Histogram, value: number): void {
  let bin = histogram.bounds.length - 1;
  while (bin > 0 && value < (histogram.bounds[bin] ?? 0)) bin -= 1;
  histogram.counts[bin] = (histogram.counts[bin] ?? 0) + 1;
}

/** Counts as shares of their sum; all nought where nothing was counted. */
export function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => (sum === 0 ? 0 : count / sum));
}

/**
 * How far two distributions over the same bins are apart: half the sum of the differences of their shares (total
 * variation). 0 when they are the same, 1 when they have nothing in common.
 * @returns undefined when one of them is empty: then there is nothing to compare
 */
export function distanceBetween(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.every((count) => count === 0) || b.every((count) => count === 0)) return undefined;
  const [one, other] = [sharesOf(a), sharesOf(b)];
  const length = Math.max(one.length, other.length);
  let sum = 0;
  for (let bin = 0; bin < length; bin++) sum += Math.abs((one[bin] ?? 0) - (other[bin] ?? 0));
  return sum / 2;
}
