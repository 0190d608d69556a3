import { describe, expect, it } from 'vitest';
import { updateParameters, type OptimizerRule } from '../../../../stages/lib/tensors/optimizers.js';
import { rateAt } from '../../../../stages/lib/tensors/schedules.js';

const adam: OptimizerRule = { name: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
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

describe('learning rates', () => {
  const base = { rate: 1, warmupSteps: 10, totalSteps: 110 };

  it('rise over the warm-up and fall along half a cosine', () => {
    const schedule = { ...base, decay: { name: 'cosine', final: 0.1 } } as const;
    expect([0, 4, 9, 10, 60, 110].map((step) => rateAt(schedule, step))).toEqual(
      [0.1, 0.5, 1, 1, 0.55, 0.1].map((rate) => expect.closeTo(rate, 9) as number),
    );
  });

  it('fall in steps at shares of the whole', () => {
    const schedule = { ...base, decay: { name: 'steps', at: [0.5, 0.9], factor: 0.1 } } as const;
    expect([54, 55, 98, 99].map((step) => rateAt(schedule, step))).toEqual(
      [1, 0.1, 0.1, 0.01].map((rate) => expect.closeTo(rate, 9) as number),
    );
  });
});
