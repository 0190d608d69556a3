import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { byChannel, channelMean } from './channel-wise.js';
import { NEVER_GREATEST, poolingSides, type Pooling } from './pooling-sides.js';

/** Added to a variance before its root: darknet's CPU value. */
const VARIANCE_FLOOR = 1e-6;

/**
 * A convolution with darknet's padding: the same on all sides, also with stride 2 (where TensorFlow's SAME pads
 * only below and to the right).
 * @param x      [N, H, W, C]
 * @param kernel [k, k, C, F]
 * @returns      [N, (H + 2·pad − k) / stride + 1, …, F]
 */
export function convolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  stride: number,
  pad: number,
  bias?: tf.Tensor1D,
): tf.Tensor4D {
  const size = kernel.shape[0];
  const centred = stride === 1 && size % 2 === 1 && pad === (size - 1) / 2;
  const input = centred || pad === 0 ? x : padSides(x, pad);
  const options = { x: input, filter: kernel, strides: stride, pad: centred ? 'same' : 'valid' } as const;
  return bias ? tf.fused.conv2d({ ...options, bias }) : tf.conv2d(input, kernel, stride, options.pad);
}

/**
 * A convolution of each channel by a kernel of its own, with darknet's padding.
 * @param x      [N, H, W, C]
 * @param kernel [k, k, 1, C]
 * @returns      [N, (H + 2·pad − k) / stride + 1, …, C]
 */
export function depthwiseConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  const [size, , , channels] = kernel.shape;
  const filter = tf.reshape<tf.Rank.R4>(kernel, [size, size, channels, 1]);
  return tf.depthwiseConv2d(pad === 0 ? x : padSides(x, pad), filter, stride, 'valid');
}

/** What batch normalisation saw in a batch; the caller owns the tensors. */
export interface BatchStatistics {
  /** [C] */
  readonly mean: tf.Tensor1D;
  /** [C], divided by the number of values */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation by the batch's own statistics (Ioffe & Szegedy 2015) and a leaky ReLU, as one operation with
 * its own gradient: a chain of stock operations would keep six tensors of the activation's size, this keeps two.
 * @param slope    of the negative side; 1 for no ReLU
 * @param observe  is handed the batch's statistics
 * @returns [N, H, W, C]
 */
export function batchNormLeaky(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  slope: number,
  observe: (statistics: BatchStatistics) => void,
): tf.Tensor4D {
  const operation = customGradient((...args) => {
    const [input, scale, shift, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const mean = channelMean(input);
    const centred = byChannel(tf.sub, input, mean);
    const variance = channelMean(tf.square(centred));
    const inverse = tf.rsqrt(tf.add(variance, VARIANCE_FLOOR)) as tf.Tensor1D;
    const factor = tf.mul<tf.Tensor1D>(scale, inverse);
    const value = leaky(byChannel(tf.add, byChannel(tf.mul, centred, factor), shift), slope);
    observe({ mean: tf.keep(mean), variance: tf.keep(variance) });
    save([centred, value, inverse, factor]);
    return { value, gradFunc: normaliseBackwards(slope) };
  });
  return operation(x, gamma, beta);
}

/** With g = dy·leaky′ and the centred input c: dx = a·(g − mean g − c·mean(g·c)/σ²), dγ = Σ g·c/σ, dβ = Σ g. */
function normaliseBackwards(slope: number) {
  return (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
    const [centred, value, inverse, factor] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const slopes = (slope === 1 ? dy : tf.mul(dy, tf.step(value, slope))) as tf.Tensor4D;
    const count = slopes.size / factor.size;
    const mean = channelMean(slopes);
    const along = channelMean(tf.mul(slopes, centred));
    const perCentred = tf.neg(tf.mul(tf.mul(factor, tf.square(inverse)), along)) as tf.Tensor1D;
    const constant = tf.neg(tf.mul(factor, mean)) as tf.Tensor1D;
    const straight = byChannel(tf.add, byChannel(tf.mul, slopes, factor), constant);
    return [
      tf.add(straight, byChannel(tf.mul, centred, perCentred)),
      tf.mul(tf.mul(along, inverse), count),
      tf.mul(mean, count),
    ];
  };
}

/**
 * The kernel and bias that do a convolution and a batch normalisation with fixed statistics at once: for inference,
 * and for training with a frozen normalisation.
 */
export function foldNormalisation(
  kernel: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  statistics: BatchStatistics,
): { readonly kernel: tf.Tensor4D; readonly bias: tf.Tensor1D } {
  const factor = tf.mul(gamma, tf.rsqrt(tf.add(statistics.variance, VARIANCE_FLOOR)));
  return { kernel: tf.mul(kernel, factor), bias: tf.sub(beta, tf.mul(statistics.mean, factor)) };
}

/** x where positive, slope·x elsewhere. (The stock leakyRelu is ten times slower on WebAssembly.) */
export function leaky(x: tf.Tensor4D, slope: number): tf.Tensor4D {
  return slope === 1 ? x : tf.mul(x, tf.step(x, slope));
}

/**
 * darknet's maxpool; what is padded never wins.
 * @returns [N, ⌊(H + padding − size) / stride⌋ + 1, …, C]
 */
export function maxPool(x: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  const { size, stride } = pooling;
  const [, height, width] = x.shape;
  const { top, bottom, left, right } = poolingSides(pooling, { height, width });
  if (top + bottom + left + right === 0) return tf.maxPool(x, size, stride, 'valid');
  const padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]], NEVER_GREATEST); // prettier-ignore
  return tf.maxPool(padded, size, stride, 'valid');
}

/** Each pixel becomes stride × stride pixels; the gradient sums them up. @returns [N, H·stride, W·stride, C] */
export function upsample(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  const operation = customGradient((...args) => {
    const [input] = args as [tf.Tensor4D];
    const [, height, width] = input.shape;
    return {
      value: tf.image.resizeNearestNeighbor(input, [height * stride, width * stride]),
      gradFunc: (dy: tf.Tensor) =>
        tf.mul(tf.avgPool(dy as tf.Tensor4D, stride, stride, 'valid'), stride * stride),
    };
  });
  return operation(x) as tf.Tensor4D;
}

function padSides(x: tf.Tensor4D, pad: number): tf.Tensor4D {
  return tf.pad(x, [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ]);
}
