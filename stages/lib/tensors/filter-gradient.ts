import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { heapOf, newTensor } from './wasm-heap.js';

/** Floats of unfolded input that are held at once while a filter gradient is computed: 16 MB. */
const UNFOLDED_FLOATS = 4 * 1024 * 1024;

/** How far apart two rows must lie, so that reading a tap beyond an edge of one row meets zeros. */
function pitchOf(inputSize: number, outputSize: number, kernel: number, stride: number, pad: number): number {
  const lowest = Math.floor(-pad / stride);
  const highest = Math.floor((kernel - 1 - pad) / stride);
  return Math.max(Math.ceil(inputSize / stride) - Math.min(0, lowest), outputSize + Math.max(0, highest));
}

/**
 * dL/dW of a convolution as products of matrices: the input, cut into its stride phases and laid out as
 * [C, N·rows·columns] with zeros between the rows, is shifted by whole numbers for each tap; the shifted copies
 * are the rows of one matrix [kh·kw·C, positions], which is multiplied by dy as [positions, F]. Copies are long
 * runs, the product runs at the speed of a forward convolution.
 * @returns [kh, kw, C, F]
 */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor {
  const [batch] = x.shape;
  const [height, width, channels] = geometry.input;
  const [outHeight, outWidth, filters] = geometry.output;
  const [kh, kw] = geometry.kernel;
  const [sy, sx] = geometry.stride;
  const [top, left] = geometry.padBefore;
  if (kh === 1 && kw === 1 && sy === 1 && sx === 1) {
    const across = planes(x, height, width, 1, 1, backend); // [C, N·H·W]
    const matrix = tf.reshape(across, [channels, batch * height * width]);
    const product = tf.matMul(matrix, tf.reshape(dy, [batch * height * width, filters]));
    return tf.reshape(product, [1, 1, channels, filters]);
  }
  const rows = pitchOf(height, outHeight, kh, sy, top);
  const columns = pitchOf(width, outWidth, kw, sx, left);
  const positions = batch * rows * columns;
  const phases = planes(x, rows, columns, sy, sx, backend); // [sy, sx, C, N, rows, columns]
  const slopes: tf.Tensor2D = tf.reshape(padAfter(dy, rows, columns), [positions, filters]);
  const unfoldedRows = kh * kw * channels;
  const chunk = Math.max(256, Math.min(positions, Math.floor(UNFOLDED_FLOATS / unfoldedRows)));
  let sum: tf.Tensor2D | undefined;
  for (let start = 0; start < positions; start += chunk) {
    const count = Math.min(chunk, positions - start);
    const unfolded = newTensor(backend, [unfoldedRows, count]) as tf.Tensor2D;
    const target = heapOf(backend, unfolded);
    const source = heapOf(backend, phases);
    for (let tap = 0; tap < kh * kw; tap++) {
      const i = Math.floor(tap / kw) - top;
      const j = (tap % kw) - left;
      const shift = Math.floor(i / sy) * columns + Math.floor(j / sx);
      const phase = modulo(i, sy) * sx + modulo(j, sx);
      for (let c = 0; c < channels; c++) {
        const from = (phase * channels + c) * positions;
        copyShifted(source, from, positions, start + shift, target, (tap * channels + c) * count, count);
      }
    }
    const own = positions === count ? slopes : rowsOf(slopes, start, count, backend);
    const part = tf.matMul<tf.Tensor2D>(unfolded, own);
    unfolded.dispose();
    if (own !== slopes) own.dispose();
    const before: tf.Tensor2D | undefined = sum;
    sum = before ? tf.add<tf.Tensor2D>(before, part) : part;
    if (before) tf.dispose([before, part]);
  }
  if (!sum) throw new Error('a filter gradient of an empty batch');
  return tf.reshape(sum, [kh, kw, channels, filters]);
}

/**
 * The input with its channels first, cut into stride phases, zeros below and to the right of each plane. (Padding and
 * transposing six axes with stock kernels takes ten times as long.)
 * @returns [sy, sx, C, N, rows, columns]
 */
function planes(
  x: tf.Tensor4D,
  rows: number,
  columns: number,
  sy: number,
  sx: number,
  backend: BackendWasm,
): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const result = newTensor(backend, [sy, sx, channels, batch, rows, columns]);
  const source = heapOf(backend, x);
  const target = heapOf(backend, result);
  if (rows * sy !== height || columns * sx !== width) target.fill(0);
  const plane = batch * rows * columns;
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height; y++) {
      const row = (n * rows + Math.floor(y / sy)) * columns;
      for (let b = 0; b < sx; b++)
        for (let c = 0; c < channels; c++) {
          let to = (((y % sy) * sx + b) * channels + c) * plane + row;
          const end = ((n * height + y) * width + width) * channels;
          for (let from = ((n * height + y) * width + b) * channels + c; from < end; from += sx * channels)
            target[to++] = source[from] as number;
        }
    }
  return result;
}

/** Copies `count` floats of the row at `from`, starting at `first` in it; zeros stand where the row has no value. */
function copyShifted(
  source: Float32Array,
  from: number,
  length: number,
  first: number,
  target: Float32Array,
  to: number,
  count: number,
): void {
  const low = Math.max(0, -first);
  const high = Math.max(low, Math.min(count, length - first));
  if (low > 0) target.fill(0, to, to + low);
  target.set(source.subarray(from + first + low, from + first + high), to + low);
  if (high < count) target.fill(0, to + high, to + count);
}

/** Some rows of a matrix. (The stock slice copies the whole matrix out of the heap first, for each part of it.) */
function rowsOf(matrix: tf.Tensor2D, start: number, count: number, backend: BackendWasm): tf.Tensor2D {
  const [, columns] = matrix.shape;
  const rows = newTensor(backend, [count, columns]) as tf.Tensor2D;
  const source = heapOf(backend, matrix);
  heapOf(backend, rows).set(source.subarray(start * columns, (start + count) * columns));
  return rows;
}

function padAfter(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (rows === height && columns === width) return x;
  return tf.pad(x, [
    [0, 0],
    [0, rows - height],
    [0, columns - width],
    [0, 0],
  ]);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
