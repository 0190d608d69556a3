import { describe, expect, it } from 'vitest';
import {
  SQUARES_CHUNK,
  squareSums,
  updateParameters,
  type OptimizerRule,
} from '../../../../stages/lib/tensors/optimizers.js';

const adam: OptimizerRule = { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
const sgd: OptimizerRule = { name: 'sgd', momentum: 0.9, weightDecay: 0.1 };

describe('optimizers', () => {
  it('Adam’s first step is the rate against the gradient’s sign, whatever its size', () => {
    const parameters = Float32Array.from([1, 1]);
    const slots = [new Float32Array(2), new Float32Array(2)];
    updateParameters(adam, parameters, [Float32Array.from([5, -0.01])], slots, [{ from: 0, to: 2, decays: false }], 0.1, 0); // prettier-ignore
    expect(parameters[0]).toBeCloseTo(0.9, 4);
    expect(parameters[1]).toBeCloseTo(1.1, 4);
  });

  it('SGD adds the shards’ gradients, keeps its momentum, and decays only where it is told to', () => {
    const parameters = Float32Array.from([1, 1]);
    const slots = [new Float32Array(2)];
    const ranges = [{ from: 0, to: 1, decays: true }, { from: 1, to: 2, decays: false }]; // prettier-ignore
    const shards = [Float32Array.from([1, 1]), Float32Array.from([2, 2])];
    updateParameters(sgd, parameters, shards, slots, ranges, 0.1, 0);
    expect(parameters[0]).toBeCloseTo(1 - 0.1 * (3 + 0.1), 5);
    expect(parameters[1]).toBeCloseTo(1 - 0.1 * 3, 5);
    updateParameters(sgd, parameters, [new Float32Array(2)], slots, ranges, 0.1, 1);
    expect(parameters[1]).toBeCloseTo(0.7 - 0.9 * 0.3, 5);
  });

  it('parts updated one by one are what one update makes of the whole', () => {
    const run = (cuts: readonly number[]): Float32Array => {
      const parameters = Float32Array.from({ length: 10 }, (_, i) => i);
      const slots = [new Float32Array(10), new Float32Array(10)];
      const gradient = Float32Array.from({ length: 10 }, (_, i) => Math.sin(i));
      for (let k = 1; k < cuts.length; k++)
        updateParameters(adam, parameters, [gradient], slots, [{ from: cuts[k - 1] ?? 0, to: cuts[k] ?? 0, decays: true }], 0.01, 3); // prettier-ignore
      return parameters;
    };
    expect(run([0, 4, 10])).toEqual(run([0, 10]));
  });
});

describe('clipping and decay', () => {
  const run = (rule: OptimizerRule, shrink: number): number => {
    const parameters = Float32Array.from([2]);
    const slots = [new Float32Array(1), new Float32Array(1)];
    updateParameters(rule, parameters, [Float32Array.from([3])], slots, [{ from: 0, to: 1, decays: true }], 0.1, 0, shrink); // prettier-ignore
    return parameters[0] ?? NaN;
  };

  it('a clipped gradient makes SGD’s step shorter, and leaves the decay as it is', () => {
    expect(run(sgd, 1)).toBeCloseTo(2 - 0.1 * (3 + 0.2), 5);
    expect(run(sgd, 0.5)).toBeCloseTo(2 - 0.1 * (1.5 + 0.2), 5);
  });

  it('adam’s decay is part of the gradient, whose size does not count; adamw’s comes on top', () => {
    expect(run({ ...adam, name: 'adam' }, 1)).toBeCloseTo(1.9, 4);
    expect(run(adam, 1)).toBeCloseTo(1.9 - 0.1 * 0.1 * 2, 4);
  });

  it('sums of squares are the same however the vector is cut at chunks', () => {
    const values = Float32Array.from({ length: 150_000 }, (_, i) => Math.sin(i));
    const parts = [
      ...squareSums(values, 0, SQUARES_CHUNK),
      ...squareSums(values, SQUARES_CHUNK, values.length),
    ];
    expect(parts).toEqual(squareSums(values, 0, values.length));
    expect(parts.reduce((a, b) => a + b)).toBeCloseTo(75_000, -2);
  });
});
