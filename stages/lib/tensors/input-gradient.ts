import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { heapOf, newTensor } from './wasm-heap.js';

/**
 * dL/dx of a convolution as a forward convolution of dy. Stride 1: with the kernel turned by 180° and its channels
 * swapped. Larger strides: each stride phase of x sees only some of the taps; one convolution makes all phases as
 * channels, which are then put side by side.
 * @returns [N, H, W, C]
 */
export function inputGradient(
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
