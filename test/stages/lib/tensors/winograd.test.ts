import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

type Shape4 = [number, number, number, number];

const waves = (shape: readonly number[], frequency: number): tf.Tensor4D => {
  const size = shape.reduce((a, b) => a * b);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * frequency + 0.1));
  return tf.tensor<tf.Rank.R4>(values, shape as Shape4);
};

async function outcome(backend: 'wasm' | 'cpu', x: Shape4, filter: Shape4, pad: 'same' | 'valid') {
  await useBackend(backend);
  const [image, kernel] = [waves(x, 0.37), waves(filter, 0.91)];
  const y = tf.conv2d(image, kernel, 1, pad);
  const slopes = tf.grads((a, b) => {
    const out = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad);
    return out.mul(waves(out.shape, 0.53)).sum();
  })([image, kernel]);
  return Promise.all([y, ...slopes].map(async (tensor) => [...(await tensor.data())]));
}

describe('convolutions by Winograd’s tiles', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[string, Shape4, Shape4, 'same' | 'valid']>([
    ['even sides', [2, 8, 6, 128], [3, 3, 128, 258], 'same'],
    ['odd sides', [1, 7, 9, 258], [3, 3, 258, 128], 'same'],
    ['no padding', [2, 9, 6, 128], [3, 3, 128, 256], 'valid'],
    ['an image smaller than a tile', [3, 1, 1, 256], [3, 3, 256, 128], 'same'],
    ['more images than filters, so that the products are taken the other way round', [5, 16, 16, 128], [3, 3, 128, 257], 'same'], // prettier-ignore
  ])('with %s are those of the reference backend, and so are their gradients', async (_, x, filter, pad) => {
    const ours = await outcome('wasm', x, filter, pad);
    const reference = await outcome('cpu', x, filter, pad);
    for (const [i, wanted] of reference.entries()) {
      const largest = Math.max(...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((value, k) => Math.abs(value - (ours[i]?.[k] ?? NaN))));
      expect(worst / largest).toBeLessThan(1e-5);
    }
  });

  it('leave no tensor behind', async () => {
    await useBackend('wasm');
    const [image, kernel] = [waves([1, 6, 6, 128], 0.3), waves([3, 3, 128, 256], 0.7)];
    const before = tf.memory().numTensors;
    tf.dispose(tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same').sum())([image, kernel])); // prettier-ignore
    expect(tf.memory().numTensors).toBe(before);
  });
});
