import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import {
  convolutionGradients,
  waves,
  worstDifference,
  type Shape4,
} from '../../../support/convolution-gradients.js';

function expectClose(actual: Float32Array, wanted: Float32Array): void {
  expect(worstDifference(actual, wanted)).toBeLessThan(1e-4);
}

describe('gradient kernels for WebAssembly', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[string, Shape4, Shape4, number, 'same' | 'valid']>([
    ['3 × 3', [2, 7, 9, 3], [3, 3, 3, 5], 1, 'same'],
    ['3 × 3 without padding', [2, 7, 9, 3], [3, 3, 3, 5], 1, 'valid'],
    ['1 × 1', [2, 6, 5, 4], [1, 1, 4, 3], 1, 'same'],
    ['5 × 5', [1, 8, 8, 2], [5, 5, 2, 3], 1, 'same'],
    ['3 × 3 with stride 2, padded beforehand', [2, 10, 14, 3], [3, 3, 3, 4], 2, 'valid'],
    ['3 × 3 with stride 2 at odd sizes', [1, 9, 7, 2], [3, 3, 2, 2], 2, 'same'],
    ['1 × 1 with stride 2', [1, 8, 6, 2], [1, 1, 2, 3], 2, 'valid'],
    ['3 × 3 with stride 3', [1, 11, 12, 2], [3, 3, 2, 2], 3, 'valid'],
    ['3 × 3 of so many positions that they are taken in parts', [1, 70, 70, 100], [3, 3, 100, 1], 1, 'same'],
  ])(
    'a convolution %s has the gradients of the reference backend',
    async (_, x, filter, stride, pad) => {
      const wasm = await convolutionGradients('wasm', x, filter, stride, pad);
      const cpu = await convolutionGradients('cpu', x, filter, stride, pad);
      expectClose(wasm.dx, cpu.dx);
      expectClose(wasm.dw, cpu.dw);
    },
    30_000,
  );

  it.each<[string, Shape4, number, number, 'same' | 'valid']>([
    ['3 × 3', [2, 7, 9, 5], 3, 1, 'same'],
    ['5 × 5 with stride 2', [1, 11, 8, 3], 5, 2, 'valid'],
    ['3 × 3 with stride 2 at odd sizes', [2, 9, 7, 2], 3, 2, 'same'],
  ])(
    'a depthwise convolution %s has the gradients of the reference backend',
    async (_, x, size, stride, pad) => {
      const gradients = async (backend: 'wasm' | 'cpu'): Promise<Float32Array[]> => {
        await useBackend(backend);
        const image = tf.tensor(waves(x, 0.37), x);
        const filter = tf.tensor(waves([size, size, x[3], 1], 0.91), [size, size, x[3], 1]);
        const slopes = tf.grads((a, b) => {
          const y = tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
          return y.mul(tf.tensor(waves(y.shape, 0.53), y.shape)).sum();
        })([image, filter]);
        return Promise.all(slopes.map((slope) => slope.data<'float32'>()));
      };
      const [wasm, cpu] = [await gradients('wasm'), await gradients('cpu')];
      for (const [i, wanted] of cpu.entries()) expectClose(wasm[i] ?? new Float32Array(), wanted);
    },
  );

  it('pooling hands each slope to the place of the maximum', async () => {
    await useBackend('wasm');
    const x = tf.tensor4d([1, 5, 2, 0, 3, 4, 9, 8], [1, 2, 4, 1]);
    const dx = tf.grad((image) =>
      tf
        .maxPool(image as tf.Tensor4D, 2, 2, 'valid')
        .mul([[[[2], [7]]]])
        .sum(),
    )(x);
    expect([...(await dx.data())]).toEqual([0, 2, 0, 0, 0, 0, 7, 0]);
  });
});
