import { RandomStream } from '../../../pipeline/core/seed.js';

/** A kernel inception distance over some extractor's features, with its interval. */
export interface KernelDistance {
  readonly value: number;
  /** The middle 95 % over the subsets. */
  readonly low: number;
  readonly high: number;
  /** Features of each side that a subset has. */
  readonly subsetSize: number;
}

const SUBSETS = 100;

/**
 * KID (Bińkowski et al. 2018): the unbiased squared maximum mean discrepancy between two sets of features under the
 * kernel (x·y / d + 1)³, as the mean over random subsets. About 0 for two draws of one domain, so it may be negative.
 * @param a, b features of d numbers each, at least two on each side
 * @throws RangeError with fewer than two on a side
 */
export function kernelDistance(
  a: readonly Float32Array[],
  b: readonly Float32Array[],
  seed: number,
): KernelDistance {
  const least = Math.min(a.length, b.length);
  if (least < 2) throw new RangeError(`a distance takes two images of each domain, there are ${least}`);
  // Subsets of all that there is would all be the same: a little smaller, they show how sure the figure is.
  const subsetSize = Math.max(2, Math.min(100, Math.ceil(0.8 * least)));
  const aa = kernelMatrix(a, a);
  const bb = kernelMatrix(b, b);
  const ab = kernelMatrix(a, b);
  const values = Array.from({ length: SUBSETS }, (_, n) => {
    const random = new RandomStream(seed, 'kid', n);
    const chooseA = random.shuffled([...a.keys()]).slice(0, subsetSize);
    const chooseB = random.shuffled([...b.keys()]).slice(0, subsetSize);
    return discrepancy(aa, bb, ab, chooseA, chooseB);
  }).sort((x, y) => x - y);
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { value, low: values[2] ?? value, high: values[SUBSETS - 3] ?? value, subsetSize };
}

/** Σ k(a, a′)/(m(m−1)) + Σ k(b, b′)/(m(m−1)) − 2 Σ k(a, b)/m², without the diagonals of the first two. */
function discrepancy(
  aa: readonly Float64Array[],
  bb: readonly Float64Array[],
  ab: readonly Float64Array[],
  chooseA: readonly number[],
  chooseB: readonly number[],
): number {
  const m = chooseA.length;
  let [within, between] = [0, 0];
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      const [ai, aj, bi, bj] = [chooseA[i] ?? 0, chooseA[j] ?? 0, chooseB[i] ?? 0, chooseB[j] ?? 0];
      if (i !== j) within += (aa[ai]?.[aj] ?? 0) + (bb[bi]?.[bj] ?? 0);
      between += ab[ai]?.[bj] ?? 0;
    }
  return within / (m * (m - 1)) - (2 * between) / (m * m);
}

function kernelMatrix(a: readonly Float32Array[], b: readonly Float32Array[]): Float64Array[] {
  return a.map((x) =>
    Float64Array.from(b, (y) => {
      let product = 0;
      for (let i = 0; i < x.length; i++) product += (x[i] ?? 0) * (y[i] ?? 0);
      return (product / x.length + 1) ** 3;
    }),
  );
}
