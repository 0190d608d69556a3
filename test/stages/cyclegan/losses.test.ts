import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeLoss, generatorLoss, meanDifference, realLoss } from '../../../stages/cyclegan/losses.js';
import { ImagePool } from '../../../stages/cyclegan/image-pool.js';
import { learningRate } from '../../../stages/cyclegan/learning-rate.js';
import { patchLoss } from '../../../stages/cyclegan/patch-loss.js';
import { useBackend } from '../../../stages/lib/tensors/backend.js';
import { instanceNorm } from '../../../stages/lib/tensors/instance-norm.js';
import { reflectPad } from '../../../stages/lib/tensors/reflect-pad.js';
import { transposedConvolution } from '../../../stages/lib/tensors/transposed-convolution.js';

const valueOf = async (tensor: tf.Tensor): Promise<number> => (await tensor.data())[0] ?? NaN;

describe('losses of generators and discriminators, by hand', () => {
  beforeAll(() => useBackend('wasm'));
  const scores = (): tf.Tensor => tf.tensor1d([0.5, -1]);

  it.each([
    ['lsgan', (0.25 + 4) / 2, (0.25 + 4) / 2, (0.25 + 1) / 2],
    ['bce', 0.893669, 0.893669, 0.643669],
    ['hinge', 0.25, (0.5 + 2) / 2, (1.5 + 0) / 2],
  ] as const)('%s', async (kind, generator, real, fake) => {
    expect(await valueOf(generatorLoss(kind, scores()))).toBeCloseTo(generator, 5);
    expect(await valueOf(realLoss(kind, scores()))).toBeCloseTo(real, 5);
    expect(await valueOf(fakeLoss(kind, scores()))).toBeCloseTo(fake, 5);
  });

  it('a weighted difference is divided by the weights', async () => {
    const a = tf.tensor4d([1, 0], [1, 1, 2, 1]);
    const b = tf.tensor4d([0, 0.5], [1, 1, 2, 1]);
    expect(await valueOf(meanDifference(a, b))).toBeCloseTo(0.75, 6);
    expect(await valueOf(meanDifference(a, b, tf.tensor4d([3, 1], [1, 1, 2, 1])))).toBeCloseTo(3.5 / 4, 6);
  });

  it('patches: a cross-entropy with the right one on the diagonal, and its slope', async () => {
    const keys = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    const queries = [0.6, 0.8, 0.3, 0.9];
    const loss = (values: number[]): tf.Scalar => patchLoss(tf.tensor2d(values, [2, 2]), keys, 0.5);
    const wanted = (-Math.log(1 / (1 + Math.exp(0.4))) - Math.log(1 / (1 + Math.exp(-1.2)))) / 2;
    expect(await valueOf(loss(queries))).toBeCloseTo(wanted, 5);
    const slope = await tf
      .grad((x) => patchLoss(x as tf.Tensor2D, keys, 0.5))(tf.tensor2d(queries, [2, 2]))
      .data();
    for (const i of queries.keys()) {
      const moved = async (by: number) =>
        valueOf(loss(queries.map((value, k) => (k === i ? value + by : value))));
      expect(slope[i]).toBeCloseTo(((await moved(0.01)) - (await moved(-0.01))) / 0.02, 3);
    }
  });
});

describe('layers of generators', () => {
  beforeAll(() => useBackend('wasm'));

  it('a mirrored margin gives its slopes back to the pixels that it shows', async () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    expect([...(await reflectPad(x, 1).data())].slice(0, 5)).toEqual([5, 4, 5, 6, 5]);
    const slope = tf.grad((a) => tf.sum(reflectPad(a as tf.Tensor4D, 1)))(x);
    expect([...(await slope.data())]).toEqual([1, 3, 1, 3, 9, 3, 1, 3, 1]);
    expect(() => reflectPad(x, 3)).toThrow('too few to mirror');
  });

  it('a transposed convolution starts at the middle tap, as PyTorch’s', async () => {
    const kernel = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1]);
    const made = transposedConvolution(tf.tensor4d([1], [1, 1, 1, 1]), kernel);
    expect([...(await made.data())]).toEqual([5, 6, 8, 9]);
  });

  it('normalises each image by itself, with the slope of finite differences', async () => {
    const start = Array.from({ length: 16 }, (_, i) => Math.sin(3 * i));
    const weight = tf.tensor4d(
      start.map((_, i) => Math.cos(i)),
      [2, 2, 2, 2],
    );
    const total = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(instanceNorm(x as tf.Tensor4D, 0.2), weight));
    const at = (values: number[]): tf.Tensor => tf.tensor4d(values, [2, 2, 2, 2]);
    const slope = await tf.grad(total)(at(start)).data();
    for (const i of start.keys()) {
      const moved = async (by: number) =>
        valueOf(total(at(start.map((value, k) => (k === i ? value + by : value)))));
      expect(slope[i]).toBeCloseTo(((await moved(0.002)) - (await moved(-0.002))) / 0.004, 1);
    }
  });
});

describe('what a training draws', () => {
  it('the rate stays and then falls, an epoch at a time', () => {
    const rule = { name: 'linear', rate: 1, constant: 2, falling: 3 } as const;
    expect([0, 10, 20, 30, 40].map((step) => learningRate(rule, step, 10))).toEqual([1, 1, 0.75, 0.5, 0.25]);
    expect(learningRate({ ...rule, name: 'paper' }, 25, 10)).toBeCloseTo(Math.exp(-0.5), 9);
  });

  it('a pool shows the newest until it is full, then an earlier one about half of the time', () => {
    const pool = new ImagePool(2, 1, 'x');
    expect(pool.choose(0)).toBeUndefined();
    for (const n of [0, 1]) pool.take(n, Float32Array.of(n));
    const shown = Array.from({ length: 200 }, (_, step) => pool.choose(step) !== undefined);
    const share = shown.filter(Boolean).length / 200;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
    const other = new ImagePool(2, 1, 'x');
    other.restore(pool.toVector(), 1);
    expect(other.toVector()).toEqual(Float32Array.of(0, 1));
  });
});
