import type * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from './wasm-heap.js';

type Info = tf.backend_util.Conv2DInfo;

/**
 * dL/dx of a depthwise convolution: each slope, times each tap, goes back to the pixel that the tap saw.
 * @param dy     [N, H′, W′, C]
 * @param filter [k, k, C, 1]
 * @returns      [N, H, W, C]
 */
export function depthwiseInputGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: Info,
  backend: BackendWasm,
): tf.TensorInfo {
  const result = backend.makeOutput(info.inShape, 'float32');
  const slopes = heapOf(backend, dy);
  const taps = heapOf(backend, filter);
  const target = heapOf(backend, result).fill(0);
  const channels = info.inChannels;
  forEachTap(info, (pixel, output, tap) => {
    for (let c = 0; c < channels; c++)
      target[pixel + c] =
        (target[pixel + c] as number) + (slopes[output + c] as number) * (taps[tap + c] as number);
  });
  return result;
}

/**
 * dL/dW of a depthwise convolution.
 * @param x  [N, H, W, C]
 * @param dy [N, H′, W′, C]
 * @returns  [k, k, C, 1]
 */
export function depthwiseFilterGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: Info,
  backend: BackendWasm,
): tf.TensorInfo {
  const result = backend.makeOutput(info.filterShape, 'float32');
  const values = heapOf(backend, x);
  const slopes = heapOf(backend, dy);
  const target = heapOf(backend, result).fill(0);
  const channels = info.inChannels;
  forEachTap(info, (pixel, output, tap) => {
    for (let c = 0; c < channels; c++)
      target[tap + c] =
        (target[tap + c] as number) + (values[pixel + c] as number) * (slopes[output + c] as number);
  });
  return result;
}

/** Where a pixel, an output and a tap that meet begin in their arrays. */
function forEachTap(info: Info, visit: (pixel: number, output: number, tap: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
  for (let n = 0; n < batchSize; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ky = 0; ky < info.filterHeight; ky++) {
        const y = oy * info.strideHeight - info.padInfo.top + ky;
        if (y < 0 || y >= inHeight) continue;
        for (let ox = 0; ox < outWidth; ox++)
          for (let kx = 0; kx < info.filterWidth; kx++) {
            const x = ox * info.strideWidth - info.padInfo.left + kx;
            if (x < 0 || x >= inWidth) continue;
            visit(
              ((n * inHeight + y) * inWidth + x) * channels,
              ((n * outHeight + oy) * outWidth + ox) * channels,
              (ky * info.filterWidth + kx) * channels,
            );
          }
      }
}
