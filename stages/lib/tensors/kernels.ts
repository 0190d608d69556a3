import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** Floats of unfolded input that are held at once while a filter gradient is computed: 16 MB. */
const UNFOLDED_FLOATS = 4 * 1024 * 1024;

let registered = false;

/**
 * Gives the WebAssembly backend the gradient kernels that it lacks (Conv2DBackpropFilter) or has only in a slow
 * form (Conv2DBackpropInput, MaxPoolGrad), so that models train on it. Safe to call more than once.
 */
export function registerWasmGradientKernels(): void {
  if (registered) return;
  registered = true;
  replaceKernel(tf.Conv2DBackpropFilter, ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    const geometry = geometryOf(x.shape, filterShape, strides, pad, dimRoundingMode);
    return tf.tidy(() => filterGradient(x, dy, geometry, backend as BackendWasm));
  });
  replaceKernel(tf.Conv2DBackpropInput, ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as unknown as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { strides, pad, dimRoundingMode, inputShape } = attrs as unknown as tf.Conv2DBackpropInputAttrs;
    const geometry = geometryOf(inputShape, filter.shape, strides, pad, dimRoundingMode);
    return tf.tidy(() => inputGradient(dy, filter, geometry, backend as BackendWasm));
  });
  replaceKernel(tf.MaxPoolGrad, ({ inputs, attrs, backend }) => {
    const { dy, input, output } = inputs as unknown as Record<'dy' | 'input' | 'output', tf.Tensor4D>;
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return maxPoolGradient(dy, input, output, info, backend as BackendWasm);
  });
}

function replaceKernel(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

interface ConvGeometry {
  readonly input: readonly [height: number, width: number, channels: number];
  readonly output: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly padBefore: readonly [top: number, left: number];
}

function geometryOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number] | number,
  pad: tf.Conv2DAttrs['pad'],
  rounding: tf.Conv2DAttrs['dimRoundingMode'],
): ConvGeometry {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    rounding,
  );
  return {
    input: [info.inHeight, info.inWidth, info.inChannels],
    output: [info.outHeight, info.outWidth, info.outChannels],
    kernel: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    padBefore: [info.padInfo.top, info.padInfo.left],
  };
}

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
function filterGradient(
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
  const slopes = tf.reshape(padAfter(dy, rows, columns), [positions, filters]);
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
    const part = tf.matMul<tf.Tensor2D>(unfolded, tf.slice(slopes, [start, 0], [count, filters]));
    unfolded.dispose();
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

/**
 * dL/dx of a convolution as a forward convolution of dy. Stride 1: with the kernel turned by 180° and its channels
 * swapped. Larger strides: each stride phase of x sees only some of the taps; one convolution makes all phases as
 * channels, which are then put side by side.
 * @returns [N, H, W, C]
 */
function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor4D {
  const [height, width] = geometry.input;
  const [outHeight, outWidth] = geometry.output;
  const [kh, kw] = geometry.kernel;
  const [stride] = geometry.stride;
  const [top, left] = geometry.padBefore;
  if (stride !== geometry.stride[1]) throw new Error('strides that differ in x and y have no gradient here');
  const tapsY = phaseTaps(kh, stride, top);
  const tapsX = phaseTaps(kw, stride, left);
  const rows = Math.ceil(height / stride);
  const columns = Math.ceil(width / stride);
  const phases = tf.conv2d(dy, turnedKernel(filter, stride, tapsY, tapsX, geometry, backend), 1, [
    [0, 0],
    [-tapsY.lowest, rows - outHeight + tapsY.highest],
    [-tapsX.lowest, columns - outWidth + tapsX.highest],
    [0, 0],
  ]);
  return stride === 1 ? phases : sideBySide(phases, geometry, backend);
}

/**
 * The kernel that makes the stride phases of dx from dy: tap o of phase a is tap a + pad − stride·o of the kernel, or 0.
 * @returns [o, o, F, stride·stride·C]
 */
function turnedKernel(
  filter: tf.Tensor4D,
  stride: number,
  tapsY: PhaseTaps,
  tapsX: PhaseTaps,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor4D {
  const [kh, kw, channels, filters] = filter.shape;
  const [top, left] = geometry.padBefore;
  const spanY = tapsY.highest - tapsY.lowest + 1;
  const spanX = tapsX.highest - tapsX.lowest + 1;
  const across = stride * stride * channels;
  const result = newTensor(backend, [spanY, spanX, filters, across]);
  const source = heapOf(backend, filter);
  const target = heapOf(backend, result);
  if (stride > 1) target.fill(0);
  for (let oy = 0; oy < spanY; oy++)
    for (let ox = 0; ox < spanX; ox++)
      for (let a = 0; a < stride; a++)
        for (let b = 0; b < stride; b++) {
          const i = a + top - (oy + tapsY.lowest) * stride;
          const j = b + left - (ox + tapsX.lowest) * stride;
          if (i < 0 || i >= kh || j < 0 || j >= kw) continue;
          const to = (oy * spanX + ox) * filters * across + (a * stride + b) * channels;
          const from = (i * kw + j) * channels * filters;
          for (let f = 0; f < filters; f++)
            for (let c = 0; c < channels; c++)
              target[to + f * across + c] = source[from + c * filters + f] as number;
        }
  return result as tf.Tensor4D;
}

/** Puts stride phases that lie as channels back to their pixels. @returns [N, H, W, C] */
function sideBySide(phases: tf.Tensor4D, geometry: ConvGeometry, backend: BackendWasm): tf.Tensor4D {
  const [batch, rows, columns] = phases.shape;
  const [height, width, channels] = geometry.input;
  const [stride] = geometry.stride;
  const result = newTensor(backend, [batch, height, width, channels]);
  const source = heapOf(backend, phases);
  const target = heapOf(backend, result);
  let to = 0;
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height; y++) {
      const row = (n * rows + Math.floor(y / stride)) * columns;
      for (let x = 0; x < width; x++) {
        const phase = (y % stride) * stride + (x % stride);
        let from = ((row + Math.floor(x / stride)) * stride * stride + phase) * channels;
        for (let c = 0; c < channels; c++) target[to++] = source[from++] as number;
      }
    }
  return result as tf.Tensor4D;
}

interface PhaseTaps {
  readonly lowest: number;
  readonly highest: number;
}

/** Which outputs, relative to its own place, a stride phase of the input takes part in: x = stride·q + a = stride·o + i − pad. */
function phaseTaps(kernel: number, stride: number, pad: number): PhaseTaps {
  return { lowest: Math.ceil((pad - kernel + 1) / stride), highest: Math.floor((stride - 1 + pad) / stride) };
}

/** Each window's slope goes to the first place that holds its maximum, as in darknet's maxpool_layer. */
function maxPoolGradient(
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

function newTensor(backend: BackendWasm, shape: number[]): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
}

/** A view of a tensor's floats in the WebAssembly memory; invalid after the next allocation. */
function heapOf(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
