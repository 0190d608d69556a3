import { describe, expect, it } from 'vitest';
import { vocAp, type VocImage } from '../../../../stages/lib/metrics/voc-ap.js';

const options = { iou: 0.5, inclusivePixels: false } as const;
const box = [0, 0, 10, 10];
const far = [50, 50, 60, 60];

/** Scores .9 right, .8 wrong, .7 right, with three objects. */
const images: VocImage[] = [
  { found: [...box, ...far], scores: [0.9, 0.8], truth: box, difficult: [false] },
  { found: box, scores: [0.7], truth: [...box, ...far], difficult: [false, false] },
];

describe('Pascal VOC’s average precision', () => {
  it('reads the curve at eleven recalls', () => {
    // Precision 1 up to recall 1/3 (0, .1, .2, .3), 2/3 up to 2/3 (.4, .5, .6), 0 beyond.
    expect(vocAp(images, { ...options, points: 'eleven' })).toBeCloseTo((4 + 3 * (2 / 3)) / 11, 12);
  });

  it('takes the area under the falling curve', () => {
    expect(vocAp(images, { ...options, points: 'all' })).toBeCloseTo(1 / 3 + (1 / 3) * (2 / 3), 12);
  });

  it('counts a second detection of an object as wrong, even if another object overlaps enough', () => {
    const two: VocImage = {
      found: [...box, ...box],
      scores: [0.9, 0.8],
      truth: [...box, 0, 0, 10, 9],
      difficult: [false, false],
    };
    expect(vocAp([two], { ...options, points: 'all' })).toBeCloseTo(0.5, 12);
  });

  it('leaves difficult objects and what finds them out', () => {
    const hard: VocImage = {
      found: [...far, ...box],
      scores: [0.9, 0.8],
      truth: [...far, ...box],
      difficult: [true, false],
    };
    expect(vocAp([hard], { ...options, points: 'all' })).toBeCloseTo(1, 12);
    expect(vocAp([{ ...hard, difficult: [true, true] }], { ...options, points: 'all' })).toBeUndefined();
  });

  it('can count the last pixel as part of a box', () => {
    // 1 × 1 against 1 × 2 pixels: .5 with the last pixel; without it both are empty and do not overlap.
    const thin: VocImage = { found: [4, 4, 4, 4], scores: [0.9], truth: [4, 4, 4, 5], difficult: [false] };
    expect(vocAp([thin], { ...options, points: 'all' })).toBe(0);
    expect(vocAp([thin], { ...options, inclusivePixels: true, points: 'all' })).toBe(1);
  });
});
