import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activations, type Activation } from '../../../../stages/lib/darknet/layer-types.js';
import { activate } from '../../../../stages/lib/tensors/activations.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

/** The formulas, on plain numbers. */
const formulas: Readonly<Record<Activation, (x: number) => number>> = {
  linear: (x) => x,
  leaky: (x) => (x > 0 ? x : 0.1 * x),
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  logistic: (x) => 1 / (1 + Math.exp(-x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  hard_swish: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
};
const points = [-4.3, -2.9, -1.1, -0.2, 0.3, 1.7, 2.8, 4.4, 6.6];

describe('activations on WebAssembly', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(activations)('%s has the values and slopes of its formula', async (name) => {
    const formula = formulas[name];
    const x = tf.tensor4d(points, [1, 3, 3, 1]);
    const { value, grad } = tf.valueAndGrad((a) => activate(a as tf.Tensor4D, name).sum())(x);
    const values = await activate(x, name).data();
    const slopes = await grad.data();
    expect((await value.data())[0]).toBeCloseTo(
      points.reduce((sum, at) => sum + formula(at), 0),
      4,
    );
    for (const [i, at] of points.entries()) {
      expect(values[i]).toBeCloseTo(formula(at), 5);
      expect(slopes[i]).toBeCloseTo((formula(at + 1e-5) - formula(at - 1e-5)) / 2e-5, 4);
    }
  });
});
