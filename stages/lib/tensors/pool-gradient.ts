import type * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from './wasm-heap.js';

/** Each window's slope goes to the first place that holds its maximum, as in darknet's maxpool_layer. */
export function maxPoolGradient(
  dy: tf.Tensor4D,
  input: tf.Tensor4D,
  output: tf.Tensor4D,
  info: tf.backend_util.Conv2DInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const slopes = heapOf(backend, dy);
  const values = heapOf(backend, input);
  const maxima = heapOf(backend, output);
  const target = heapOf(backend, result);
  target.fill(0);
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
  if (tilesExactly(info)) {
    poolTilesGradient(slopes, values, maxima, target, info);
    return result;
  }
  let at = 0;
  for (let n = 0; n < info.batchSize; n++)
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = Math.max(0, oy * info.strideHeight - info.padInfo.top);
      const y1 = Math.min(inHeight, oy * info.strideHeight - info.padInfo.top + info.filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = Math.max(0, ox * info.strideWidth - info.padInfo.left);
        const x1 = Math.min(inWidth, ox * info.strideWidth - info.padInfo.left + info.filterWidth);
        for (let c = 0; c < channels; c++, at++) {
          const maximum = maxima[at] ?? 0;
          let found = -1;
          for (let y = y0; y < y1 && found < 0; y++)
            for (let x = x0; x < x1; x++) {
              const place = ((n * inHeight + y) * inWidth + x) * channels + c;
              if (values[place] === maximum) {
                found = place;
                break;
              }
            }
          if (found >= 0) target[found] = (target[found] ?? 0) + (slopes[at] ?? 0);
        }
      }
    }
  return result;
}

/** Windows of 2 × 2 side by side: all but the last pooling of most networks. */
function tilesExactly(info: tf.backend_util.Conv2DInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  return (
    [filterHeight, filterWidth, strideHeight, strideWidth].every((side) => side === 2) &&
    padInfo.top === 0 &&
    padInfo.left === 0 &&
    2 * info.outHeight <= info.inHeight &&
    2 * info.outWidth <= info.inWidth
  );
}

function poolTilesGradient(
  slopes: Float32Array,
  values: Float32Array,
  maxima: Float32Array,
  target: Float32Array,
  { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth }: tf.backend_util.Conv2DInfo,
): void {
  const pitch = inWidth * inChannels;
  let at = 0;
  for (let n = 0; n < batchSize; n++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) {
        const start = (n * inHeight + 2 * y) * pitch + 2 * x * inChannels;
        for (let place = start; place < start + inChannels; place++, at++) {
          const maximum = maxima[at] as number;
          const to =
            values[place] === maximum
              ? place
              : values[place + inChannels] === maximum
                ? place + inChannels
                : values[place + pitch] === maximum
                  ? place + pitch
                  : place + pitch + inChannels;
          target[to] = slopes[at] as number;
        }
      }
}
