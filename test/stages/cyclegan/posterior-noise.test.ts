import { describe, expect, it } from 'vitest';
import { addPosteriorNoise, posteriorDeviation } from '../../../stages/cyclegan/posterior-noise.js';

const length = 20_000;
const noise = (deviation: number, seed = 1, step = 0): Float32Array => {
  const gradients = new Float32Array(length);
  addPosteriorNoise(gradients, 0, length, deviation, seed, step);
  return gradients;
};

describe('the noise of SGHMC', () => {
  it('has the deviation √(2α) / pictures', () => {
    expect(posteriorDeviation(0.02, 100)).toBeCloseTo(0.002, 12);
    expect(posteriorDeviation(0, 100)).toBe(0);
    const drawn = noise(0.5);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / length;
    const square = drawn.reduce((sum, value) => sum + value * value, 0) / length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.sqrt(square)).toBeCloseTo(0.5, 1);
  });

  it('is added to what is there', () => {
    const gradients = new Float32Array(length).fill(3);
    addPosteriorNoise(gradients, 0, length, 0.5, 1, 0);
    expect(gradients[7]).toBeCloseTo(3 + (noise(0.5)[7] ?? NaN), 5);
  });

  it('does not depend on who updates which part', () => {
    const parts = new Float32Array(length);
    for (const [from, to] of [
      [0, 5000],
      [5000, 4096 * 3],
      [4096 * 3, length],
    ] as const)
      addPosteriorNoise(parts, from, to, 0.5, 1, 0);
    expect(parts).toEqual(noise(0.5));
  });

  it('is another at each step and of each seed, and none without friction', () => {
    expect(noise(0.5, 1, 1)).not.toEqual(noise(0.5));
    expect(noise(0.5, 2)).not.toEqual(noise(0.5));
    expect(noise(0)).toEqual(new Float32Array(length));
  });
});
