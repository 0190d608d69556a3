import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

type Shape4 = [number, number, number, number];

/** Input and filter gradients of a convolution on one backend, as plain numbers. */
async function convolutionGradients(
  backend: 'wasm' | 'cpu',
  xShape: Shape4,
  filterShape: Shape4,
  stride: number,
  pad: 'same' | 'valid',
): Promise<{ dx: Float32Array; dw: Float32Array }> {
  await useBackend(backend);
  const x = tf.tensor(waves(xShape, 0.37), xShape);
  const filter = tf.tensor(waves(filterShape, 0.91), filterShape);
  const [dx, dw] = tf.grads((image, kernel) => {
    const y = tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);
    return y.mul(tf.tensor(waves(y.shape, 0.53), y.shape)).sum();
  })([x, filter]);
  const result = { dx: (await dx?.data()) as Float32Array, dw: (await dw?.data()) as Float32Array };
  tf.dispose([x, filter, dx, dw].filter((tensor) => tensor !== undefined));
  return result;
}

function waves(shape: readonly number[], frequency: number): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin(i * frequency + 0.1 * frequency));
}

function expectClose(actual: Float32Array, wanted: Float32Array): void {
  expect(actual.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++)
    worst = Math.max(
      worst,
      Math.abs((actual[i] ?? NaN) - (wanted[i] ?? NaN)) / (1 + Math.abs(wanted[i] ?? 0)),
    );
  expect(worst).toBeLessThan(1e-4);
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
