import type * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf, newTensor } from './wasm-heap.js';

/** Images with zeros around them. @returns [N, rows, columns, C] */
export function padImages(
  images: tf.TensorInfo,
  before: readonly [top: number, left: number],
  rows: number,
  columns: number,
  backend: BackendWasm,
): tf.Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = images.shape;
  const result = newTensor(backend, [batch, rows, columns, channels]);
  heapOf(backend, result).fill(0);
  const part = [Math.min(height, rows - before[0]), Math.min(width, columns - before[1]), channels] as const;
  copyImages(images, result, before, part, backend);
  return result;
}

/** Copies a part of each image from its corner to a place in another image. */
export function copyImages(
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  [top, left]: readonly [number, number],
  [height, width, channels]: readonly [number, number, number],
  backend: BackendWasm,
): void {
  const [batch = 0, sourceRows = 0, sourceColumns = 0] = from.shape;
  const [, targetRows = 0, targetColumns = 0] = to.shape;
  const source = heapOf(backend, from);
  const target = heapOf(backend, to);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height; y++) {
      const start = (n * sourceRows + y) * sourceColumns * channels;
      const place = ((n * targetRows + top + y) * targetColumns + left) * channels;
      target.set(source.subarray(start, start + width * channels), place);
    }
}
