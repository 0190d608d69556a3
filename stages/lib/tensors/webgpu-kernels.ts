import * as tf from '@tensorflow/tfjs';
import { geometryOf, type ConvGeometry } from './conv-geometry.js';
import { replaceKernel } from './replace-kernel.js';

/**
 * Replaces WebGPU's gradient of a convolution's filter, whose shader walks all positions in one thread a weight, by a
 * product of matrices for each tap.
 */
export function registerWebGpuGradientKernels(): void {
  replaceKernel<Record<'x' | 'dy', tf.Tensor4D>, tf.Conv2DBackpropFilterAttrs, tf.KernelBackend>(
    'webgpu',
    tf.Conv2DBackpropFilter,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }) =>
      filterGradientByTaps(x, dy, geometryOf(x.shape, filterShape, strides, pad, dimRoundingMode)),
  );
}

/**
 * dL/dW of a convolution: for each tap, the pixels that it saw, as [positions, C], turned and multiplied by dy as
 * [positions, F].
 * @returns [kh, kw, C, F]
 */
function filterGradientByTaps(x: tf.Tensor4D, dy: tf.Tensor4D, geometry: ConvGeometry): tf.Tensor4D {
  const [batch] = x.shape;
  const [height, width, channels] = geometry.input;
  const [outHeight, outWidth, filters] = geometry.output;
  const [kh, kw] = geometry.kernel;
  const [sy, sx] = geometry.stride;
  const [top, left] = geometry.padBefore;
  const positions = batch * outHeight * outWidth;
  // Rows and columns until every tap finds all of its pixels, the last stride's rest included.
  const [rows, columns] = [kh - 1 + outHeight * sy, kw - 1 + outWidth * sx];
  return tf.tidy(() => {
    const seen = cutOrPad(x, [top, left], [rows, columns], [height, width]);
    const slopes = tf.reshape(dy, [positions, filters]);
    const taps: tf.Tensor[] = [];
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++) {
        const own = tf.slice(seen, [0, i, j, 0], [batch, outHeight * sy, outWidth * sx, channels]);
        const phase = sy === 1 && sx === 1 ? own : firstOfEachStride(own, [sy, sx]);
        taps.push(tf.matMul(tf.reshape(phase, [positions, channels]), slopes, true, false));
      }
    return tf.reshape<tf.Rank.R4>(tf.stack(taps), [kh, kw, channels, filters]);
  });
}

/** Zeros before, then the input, then zeros or a cut, until it has the size. */
function cutOrPad(
  x: tf.Tensor4D,
  [top, left]: readonly [number, number],
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): tf.Tensor4D {
  const bottom = rows - top - height;
  const right = columns - left - width;
  const padded = tf.pad(x, [[0, 0], [top, Math.max(0, bottom)], [left, Math.max(0, right)], [0, 0]]); // prettier-ignore
  if (bottom >= 0 && right >= 0) return padded;
  return tf.slice(padded, 0, [x.shape[0], rows, columns, x.shape[3]]);
}

/** Every sy-th row and sx-th column, beginning with the first. */
function firstOfEachStride(x: tf.Tensor4D, [sy, sx]: readonly [number, number]): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const rows = tf.reshape(x, [batch * (height / sy), sy, width / sx, sx * channels]);
  return tf.slice(rows, 0, [batch * (height / sy), 1, width / sx, channels]);
}
