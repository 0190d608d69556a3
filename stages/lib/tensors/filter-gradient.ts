import type * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { padImages } from './pad-images.js';
import { multiplyInto } from './vector/matrix-product.js';
import { addressOf, newTensor } from './wasm-heap.js';

/**
 * dL/dW of a convolution as products of matrices. For each row of outputs and each row of the kernel, what its taps see
 * lies side by side in a row of the (padded) input: column o of a matrix [kw·C, outputs] is the run that begins at
 * pixel stride·o. It is multiplied by the row of dy as [outputs, F].
 * @returns [kh, kw, C, F]
 */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor {
  const [batch] = x.shape;
  const channels = geometry.input[2];
  const [outHeight, outWidth, filters] = geometry.output;
  const [kh, kw] = geometry.kernel;
  const [sy, sx] = geometry.stride;
  const result = newTensor(backend, [kh, kw, channels, filters]);
  if (kh * kw * sy * sx === 1) {
    multiplyInto(
      backend,
      { rows: channels, depth: batch * outHeight * outWidth, columns: filters },
      { at: addressOf(backend, x), pitch: channels, turned: true },
      { at: addressOf(backend, dy), pitch: filters },
      { at: addressOf(backend, result), pitch: filters },
    );
    return result;
  }
  const rows = (outHeight - 1) * sy + kh;
  const columns = (outWidth - 1) * sx + kw;
  const padded = padImages(x, geometry.padBefore, rows, columns, backend);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < outHeight; y++)
      for (let i = 0; i < kh; i++)
        multiplyInto(
          backend,
          { rows: kw * channels, depth: outWidth, columns: filters },
          {
            at: addressOf(backend, padded) + 4 * (n * rows + y * sy + i) * columns * channels,
            pitch: sx * channels,
            turned: true,
          },
          { at: addressOf(backend, dy) + 4 * (n * outHeight + y) * outWidth * filters, pitch: filters },
          { at: addressOf(backend, result) + 4 * i * kw * channels * filters, pitch: filters },
          n + y > 0,
        );
  padded.dispose();
  return result;
}
