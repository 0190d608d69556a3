import { describe, expect, it } from 'vitest';
import { equalizeLocally } from '../../../../stages/lib/imaging/clahe.js';
import {
  addNoise,
  brightnessContrast,
  jitterColour,
  posterize,
  shiftRgb,
  toGrey,
} from '../../../../stages/lib/imaging/colour.js';
import { addFog } from '../../../../stages/lib/imaging/fog.js';
import { FastRandom } from '../../../../stages/lib/tensors/fast-random.js';

const after = (values: readonly number[], change: (pixels: Float32Array) => void): number[] => {
  const pixels = Float32Array.from(values);
  change(pixels);
  return [...pixels].map((value) => Number(value.toFixed(4)));
};

describe('changes of colour', () => {
  it('a third of the hue’s circle turns red to green; value and saturation multiply', () => {
    expect(after([1, 0, 0], (p) => jitterColour(p, 1 / 3, 1, 1))).toEqual([0, 1, 0]);
    expect(after([0.4, 0.2, 0.2], (p) => jitterColour(p, 0, 2, 1.5))).toEqual([0.6, 0, 0]);
  });

  it('contrast spreads about middle grey, brightness is added, all stays within 0 and 1', () => {
    expect(after([0.5, 0.6, 0.9], (p) => brightnessContrast(p, 0.1, 2))).toEqual([0.6, 0.8, 1]);
  });

  it('channels shift each for itself', () => {
    expect(after([0.5, 0.5, 0.05], (p) => shiftRgb(p, 0.1, -0.1, -0.1))).toEqual([0.6, 0.4, 0]);
  });

  it('grey is the luma of Rec. 601', () => {
    expect(after([1, 0, 0], toGrey)).toEqual([0.299, 0.299, 0.299]);
  });

  it('one bit leaves two levels', () => {
    expect(after([0.2, 0.49, 0.51], (p) => posterize(p, 1))).toEqual([0, 0, Number((128 / 255).toFixed(4))]);
  });

  it('noise has the deviation that it is given and comes again with the same seed', () => {
    const noisy = (seed: number) => after(Array(30_000).fill(0.5), (p) => addNoise(p, 0.05, new FastRandom(seed))); // prettier-ignore
    const values = noisy(4);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(deviation).toBeCloseTo(0.05, 2);
    expect(noisy(4)).toEqual(values);
    expect(noisy(5)).not.toEqual(values);
  });

  it('fog brightens dark images, in patches, by about its density', () => {
    const values = after(Array(64 * 64 * 3).fill(0), (p) => addFog(p, 64, 64, 0.4, new FastRandom(2)));
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(mean).toBeGreaterThan(0.2);
    expect(mean).toBeLessThan(0.5);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.1);
  });

  it('local equalization spreads a dull image, and less so under a low limit', () => {
    const dull = Array.from({ length: 64 * 64 * 3 }, (_, i) => 0.45 + 0.1 * (Math.floor(i / 3) % 64) / 63); // prettier-ignore
    const spread = (limit: number): number => {
      const values = after(dull, (p) => equalizeLocally(p, 64, 64, limit, 2));
      return Math.max(...values) - Math.min(...values);
    };
    expect(spread(40)).toBeGreaterThan(0.5);
    expect(spread(1.5)).toBeLessThan(spread(40));
    expect(spread(1.5)).toBeGreaterThan(0.1);
  });
});
