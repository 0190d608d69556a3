import { describe, expect, it } from 'vitest';
import { kernelDistance } from '../../../../stages/cyclegan/distance/kid.js';
import { RandomStream } from '../../../../pipeline/core/seed.js';

const features = (...values: readonly number[]): Float32Array[] =>
  values.map((value) => new Float32Array([value]));

/** Points around a mean in four dimensions. */
function cloud(name: string, count: number, mean: number): Float32Array[] {
  const random = new RandomStream(1, name);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: 4 }, () => mean + random.next() + random.next() - 1),
  );
}

describe('the kernel distance between two sets of features', () => {
  it('is what the formula gives by hand', () => {
    // k(x, y) = (xy + 1)³: within (1 + 343) / 1, between (1 + 1 + 27 + 64) / 4 twice.
    expect(kernelDistance(features(0, 1), features(2, 3), 5).value).toBeCloseTo(344 - 46.5, 9);
  });

  it('is about 0 for two draws of one domain, and far above between two', () => {
    const one = kernelDistance(cloud('a', 60, 0), cloud('b', 60, 0), 5);
    const two = kernelDistance(cloud('a', 60, 0), cloud('c', 60, 1), 5);
    expect(one.low).toBeLessThan(0.05);
    expect(two.low).toBeGreaterThan(10 * Math.abs(one.value));
    expect(two.low).toBeLessThanOrEqual(two.value);
    expect(two.high).toBeGreaterThanOrEqual(two.value);
  });

  it('follows from the seed', () => {
    const [a, b] = [cloud('a', 20, 0), cloud('b', 20, 0.2)];
    expect(kernelDistance(a, b, 5)).toEqual(kernelDistance(a, b, 5));
    expect(kernelDistance(a, b, 6)).not.toEqual(kernelDistance(a, b, 5));
  });

  it('takes two images of each domain', () => {
    expect(() => kernelDistance(features(0), features(1, 2), 5)).toThrow(/two images of each domain/);
  });
});
