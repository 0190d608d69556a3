import type * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { multiplyInto } from './vector/matrix-product.js';
import { addressOf, newTensor } from './wasm-heap.js';

/** Is a convolution no more than a product of matrices? */
export function isOneByOne({ kernel, stride, padBefore, input, output }: ConvGeometry): boolean {
  const unit = [...kernel, ...stride].every((side) => side === 1);
  return unit && padBefore[0] === 0 && padBefore[1] === 0 && input[0] === output[0] && input[1] === output[1];
}

/**
 * A convolution with a kernel of 1 × 1, or, turned, its gradient towards the input.
 * @param x      [N, H, W, C] (turned: dy, [N, H, W, F])
 * @param filter [1, 1, C, F]
 * @returns      [N, H, W, F] (turned: [N, H, W, C])
 */
export function oneByOne(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  turned: boolean,
  backend: BackendWasm,
): tf.Tensor {
  const [batch = 0, height = 0, width = 0, depth = 0] = x.shape;
  const [, , channels = 0, filters = 0] = filter.shape;
  const columns = turned ? channels : filters;
  const result = newTensor(backend, [batch, height, width, columns]);
  multiplyInto(
    backend,
    { rows: batch * height * width, depth, columns },
    { at: addressOf(backend, x), pitch: depth },
    { at: addressOf(backend, filter), pitch: filters, turned },
    { at: addressOf(backend, result), pitch: columns },
  );
  return result;
}
