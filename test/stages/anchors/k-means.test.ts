import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { clusterSizes, distinctSizes, type Size } from '../../../stages/anchors/k-means.js';

const around = (width: number, height: number, seed: number): Size[] => {
  const stream = new RandomStream(seed, 'sizes');
  return Array.from({ length: 50 }, () => [width * (0.95 + 0.1 * stream.next()), height * (0.95 + 0.1 * stream.next())] as const); // prettier-ignore
};

describe('anchors by k-means', () => {
  const sizes = [...around(10, 20, 1), ...around(50, 30, 2), ...around(90, 200, 3)];

  it('finds the groups that the sizes form, smallest first', () => {
    const { anchors, meanIou } = clusterSizes(sizes, 3, 5, new RandomStream(1, 'test'));
    expect(anchors.map((sides) => sides.map((side) => Math.round(side / 10)))).toEqual([[1, 2], [5, 3], [9, 20]]); // prettier-ignore
    expect(meanIou).toBeGreaterThan(0.93);
  });

  it('is the same for the same seed', () => {
    const once = clusterSizes(sizes, 6, 3, new RandomStream(4, 'test'));
    expect(clusterSizes(sizes, 6, 3, new RandomStream(4, 'test'))).toEqual(once);
  });

  it('with as many anchors as different sizes overlaps every box wholly', () => {
    const few: Size[] = [[1, 2], [3, 1], [1, 2], [7, 7]]; // prettier-ignore
    expect(distinctSizes(few)).toBe(3);
    expect(clusterSizes(few, 3, 3, new RandomStream(1, 'test')).meanIou).toBeCloseTo(1);
  });
});
