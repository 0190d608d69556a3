import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../../stages/lib/metrics/average-precision.js';
import { centredIou, iouOf } from '../../../../stages/lib/metrics/iou.js';
import { nonMaximumSuppression } from '../../../../stages/lib/metrics/nms.js';

describe('intersection over union', () => {
  it('is 1 for equal boxes, 0 for boxes that only touch, and 1/7 for two squares that share a quarter', () => {
    expect(iouOf([0, 0, 2, 2], 0, [0, 0, 2, 2], 0)).toBe(1);
    expect(iouOf([0, 0, 2, 2], 0, [2, 0, 4, 2], 0)).toBe(0);
    expect(iouOf([9, 9, 9, 9, 0, 0, 2, 2], 1, [1, 1, 3, 3], 0)).toBeCloseTo(1 / 7);
  });

  it('of empty boxes is 0, not NaN', () => {
    expect(iouOf([1, 1, 1, 1], 0, [1, 1, 1, 1], 0)).toBe(0);
    expect(centredIou(0, 0, 0, 0)).toBe(0);
  });
});

describe('non-maximum suppression', () => {
  const found = {
    boxes: Float32Array.from([0, 0, 10, 10, 0, 0, 10, 9, 0, 0, 10, 9, 20, 20, 30, 30]),
    scores: Float32Array.from([0.5, 0.9, 0.8, 0.9]),
    classes: Int32Array.from([0, 0, 1, 0]),
  };

  it('keeps the best of overlapping boxes in each class, best first, the first of equals', () => {
    expect(nonMaximumSuppression(found, 0.45)).toEqual([1, 3, 2]);
  });

  it('keeps boxes that overlap by exactly the threshold', () => {
    expect(nonMaximumSuppression(found, 0.9)).toEqual([1, 3, 2, 0]);
  });
});

describe('average precision', () => {
  const box = [0, 0, 10, 10];

  it('is 1 when every object is found first, and counts a second finding of it as false', () => {
    const once = { found: [...box, 50, 50, 60, 60], scores: [0.9, 0.1], truth: box };
    expect(averagePrecision([once], 0.5)).toBe(1);
    const twice = { found: [...box, ...box], scores: [0.9, 0.8], truth: [...box, 90, 90, 99, 99] };
    expect(averagePrecision([twice], 0.5)).toBeCloseTo(51 / 101);
  });

  it('falls when something false scores higher', () => {
    expect(averagePrecision([{ found: [50, 50, 60, 60, ...box], scores: [0.9, 0.8], truth: box }], 0.5)).toBe(
      0.5,
    );
  });

  it('is undefined without objects', () => {
    expect(averagePrecision([{ found: box, scores: [1], truth: [] }], 0.5)).toBeUndefined();
  });
});
