import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { geometryOf } from '../../../../stages/lib/tensors/conv-geometry.js';
import {
  fitsWinograd,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from '../../../../stages/lib/tensors/winograd.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

type Shape4 = [number, number, number, number];

const waves = (shape: readonly number[], frequency: number): tf.Tensor4D => {
  const size = shape.reduce((a, b) => a * b);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * frequency + 0.1));
  return tf.tensor<tf.Rank.R4>(values, shape as Shape4);
};

type Backend = Parameters<typeof winogradConvolution>[3];

/** The convolution of two tensors of waves and its gradients against a third, by tiles. */
async function byTiles(x: Shape4, filter: Shape4, pad: 'same' | 'valid') {
  await useBackend('wasm');
  const geometry = geometryOf(x, filter, 1, pad, undefined);
  const [image, kernel] = [waves(x, 0.37), waves(filter, 0.91)];
  const slope = waves([x[0], ...geometry.output], 0.53);
  const backend = tf.backend() as Backend;
  const results = [
    winogradConvolution(image, kernel, geometry, backend),
    winogradInputGradient(slope, kernel, geometry, backend),
    winogradFilterGradient(image, slope, geometry, backend),
  ];
  return Promise.all(
    results.map(async (info) => [...(await tf.engine().makeTensorFromTensorInfo(info).data())]),
  );
}

/** The same by the plain backend. */
async function byReference(x: Shape4, filter: Shape4, pad: 'same' | 'valid') {
  await useBackend('cpu');
  const [image, kernel] = [waves(x, 0.37), waves(filter, 0.91)];
  const y = tf.conv2d(image, kernel, 1, pad);
  const slopes = tf.grads((a, b) =>
    tf
      .conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad)
      .mul(waves(y.shape, 0.53))
      .sum(),
  )([image, kernel]);
  return Promise.all([y, ...slopes].map(async (tensor) => [...(await tensor.data())]));
}

describe('convolutions by Winograd’s tiles', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[string, Shape4, Shape4, 'same' | 'valid']>([
    ['even sides', [2, 8, 6, 48], [3, 3, 48, 52], 'same'],
    ['odd sides', [1, 7, 9, 52], [3, 3, 52, 48], 'same'],
    ['no padding', [2, 9, 6, 48], [3, 3, 48, 48], 'valid'],
    ['an image smaller than a tile', [3, 1, 1, 64], [3, 3, 64, 48], 'same'],
    ['more tiles than are in hand at once', [3, 26, 21, 12], [3, 3, 12, 8], 'same'],
  ])('with %s are those of the reference backend, and so are their gradients', async (_, x, filter, pad) => {
    const ours = await byTiles(x, filter, pad);
    const reference = await byReference(x, filter, pad);
    for (const [i, wanted] of reference.entries()) {
      const largest = Math.max(...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((value, k) => Math.abs(value - (ours[i]?.[k] ?? NaN))));
      expect(worst / largest).toBeLessThan(1e-5);
    }
  });

  it('serve where there are channels enough, and nowhere else', () => {
    const fits = (channels: number, filters: number, size = 3, stride = 1): boolean =>
      fitsWinograd(
        geometryOf([1, 13, 13, channels], [size, size, channels, filters], stride, 'same', undefined),
      );
    expect([fits(64, 256), fits(256, 128), fits(512, 512)]).toEqual([true, true, true]);
    expect([fits(32, 512), fits(66, 128), fits(256, 256, 1), fits(256, 256, 3, 2)]).toEqual([false, false, false, false]); // prettier-ignore
  });

  it('leave no tensor behind', async () => {
    await useBackend('wasm');
    const [image, kernel] = [waves([1, 6, 6, 128], 0.3), waves([3, 3, 128, 256], 0.7)];
    const before = tf.memory().numTensors;
    tf.dispose(tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same').sum())([image, kernel])); // prettier-ignore
    expect(tf.memory().numTensors).toBe(before);
  });
});
