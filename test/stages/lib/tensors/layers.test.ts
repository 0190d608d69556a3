import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import {
  batchNormLeaky,
  convolution,
  maxPool,
  upsample,
  type BatchStatistics,
} from '../../../../stages/lib/tensors/layers.js';

const waves = (shape: number[], frequency: number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * frequency) + 0.3),
    shape,
  );

async function expectSame(actual: tf.Tensor, wanted: tf.Tensor): Promise<void> {
  expect(actual.shape).toEqual(wanted.shape);
  const [a, b] = [await actual.data(), await wanted.data()];
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  expect(worst).toBeLessThan(2e-4);
}

describe('layers on WebAssembly', () => {
  beforeAll(() => useBackend('wasm'));

  it('batch normalisation with its leaky ReLU is what stock operations say, forwards and backwards', async () => {
    const x = waves([3, 8, 4, 6], 0.7) as tf.Tensor4D;
    const gamma = tf.tensor1d([1, 0.5, 2, 1.5, -1, 0.8]);
    const beta = tf.tensor1d([0, 0.1, -0.2, 0.3, 0, 1]);
    const weight = waves([3, 8, 4, 6], 0.37);
    const seen: BatchStatistics[] = [];
    const ours = tf.valueAndGrads((a, g, b) =>
      batchNormLeaky(a as tf.Tensor4D, g as tf.Tensor1D, b as tf.Tensor1D, 0.1, (s) => seen.push(s))
        .mul(weight)
        .sum(),
    )([x, gamma, beta]);
    await tf.setBackend('cpu');
    const stock = tf.valueAndGrads((a, g, b) => {
      const { mean, variance } = tf.moments(a, [0, 1, 2]);
      return tf
        .leakyRelu(a.sub(mean).mul(variance.add(1e-6).rsqrt()).mul(g).add(b), 0.1)
        .mul(weight)
        .sum();
    })([x, gamma, beta]);
    await expectSame(ours.value, stock.value);
    for (const [i, gradient] of ours.grads.entries())
      await expectSame(gradient, stock.grads[i] ?? gradient.neg());
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    await expectSame(seen[0]?.mean ?? x, mean);
    await expectSame(seen[0]?.variance ?? x, variance);
    await useBackend('wasm');
  });

  it('a convolution of stride 2 pads above and to the left too', async () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const kernel = tf.tensor4d([1, 0, 0, 0, 10, 0, 0, 0, 100], [3, 3, 1, 1]);
    await expectSame(convolution(x, kernel, 2, 1), tf.tensor4d([410], [1, 1, 1, 1]));
  });

  it('pooling of size 2 and stride 1 keeps the size, and its padding never wins over negative values', async () => {
    const x = tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1]);
    await expectSame(
      maxPool(x, { size: 2, stride: 1, padding: 1 }),
      tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1]),
    );
  });

  it('pooling of size 3 and stride 2 starts one pixel before the image', async () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1]);
    await expectSame(
      maxPool(x, { size: 3, stride: 2, padding: 2 }),
      tf.tensor4d([6, 8, 14, 16], [1, 2, 2, 1]),
    );
  });

  it('upsampling repeats pixels and sums their slopes', async () => {
    const x = tf.tensor4d([1, 2], [1, 1, 2, 1]);
    await expectSame(upsample(x, 2), tf.tensor4d([1, 1, 2, 2, 1, 1, 2, 2], [1, 2, 4, 1]));
    const weights = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]);
    const slope = tf.grad((a) =>
      upsample(a as tf.Tensor4D, 2)
        .mul(weights)
        .sum(),
    )(x);
    await expectSame(slope, tf.tensor4d([14, 22], [1, 1, 2, 1]));
  });
});
