import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { geometryOf } from './conv-geometry.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradient.js';
import { filterGradient } from './filter-gradient.js';
import { inputGradient } from './input-gradient.js';
import { maxPoolGradient } from './pool-gradient.js';
import { replaceKernel } from './replace-kernel.js';
import {
  fitsWinograd,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from './winograd.js';

let registered = false;

/**
 * Gives the WebAssembly backend the gradient kernels that it lacks (Conv2DBackpropFilter, those of depthwise
 * convolutions) or has only in a slow form (Conv2DBackpropInput, MaxPoolGrad), so that models train on it. Safe to call more than once.
 */
export function registerWasmGradientKernels(): void {
  if (registered) return;
  registered = true;
  registerFastConvolution();
  replaceKernel<Record<'x' | 'dy', tf.Tensor4D>, tf.Conv2DBackpropFilterAttrs, BackendWasm>(
    'wasm',
    tf.Conv2DBackpropFilter,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }, backend) => {
      const geometry = geometryOf(x.shape, filterShape, strides, pad, dimRoundingMode);
      if (fitsWinograd(geometry)) return winogradFilterGradient(x, dy, geometry, backend);
      return tf.tidy(() => filterGradient(x, dy, geometry, backend));
    },
  );
  replaceKernel<Record<'dy' | 'filter', tf.Tensor4D>, tf.Conv2DBackpropInputAttrs, BackendWasm>(
    'wasm',
    tf.Conv2DBackpropInput,
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, backend) => {
      const geometry = geometryOf(inputShape, filter.shape, strides, pad, dimRoundingMode);
      if (fitsWinograd(geometry)) return winogradInputGradient(dy, filter, geometry, backend);
      return tf.tidy(() => inputGradient(dy, filter, geometry, backend));
    },
  );
  replaceKernel<Record<'x' | 'dy', tf.Tensor4D>, tf.DepthwiseConv2dNativeBackpropFilterAttrs, BackendWasm>(
    'wasm',
    tf.DepthwiseConv2dNativeBackpropFilter,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }, backend) =>
      depthwiseFilterGradient(
        x,
        dy,
        depthwiseInfo(x.shape, filterShape, strides, pad, dimRoundingMode),
        backend,
      ),
  );
  replaceKernel<
    Record<'dy' | 'filter', tf.Tensor4D>,
    tf.DepthwiseConv2dNativeBackpropInputAttrs,
    BackendWasm
  >(
    'wasm',
    tf.DepthwiseConv2dNativeBackpropInput,
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, backend) =>
      depthwiseInputGradient(
        dy,
        filter,
        depthwiseInfo(inputShape, filter.shape, strides, pad, dimRoundingMode),
        backend,
      ),
  );
  replaceKernel<Record<'dy' | 'input' | 'output', tf.Tensor4D>, tf.MaxPoolGradAttrs, BackendWasm>(
    'wasm',
    tf.MaxPoolGrad,
    ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }, backend) => {
      const info = tf.backend_util.computePool2DInfo(
        input.shape,
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      return maxPoolGradient(dy, input, output, info, backend);
    },
  );
}

function depthwiseInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number] | number,
  pad: tf.Conv2DAttrs['pad'],
  rounding: tf.Conv2DAttrs['dimRoundingMode'],
): tf.backend_util.Conv2DInfo {
  type Shape = [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(inputShape as Shape, filterShape as Shape, strides, 1, pad, rounding, true); // prettier-ignore
}

/** Convolutions that are worth it go by Winograd's tiles, the others through the stock kernel. */
function registerFastConvolution(): void {
  const stock = tf.getKernel(tf.Conv2D, 'wasm');
  if (!stock) throw new Error('the WebAssembly backend has no convolution');
  replaceKernel<Record<'x' | 'filter', tf.Tensor4D>, tf.Conv2DAttrs, BackendWasm>(
    'wasm',
    tf.Conv2D,
    (inputs, attrs, backend) => {
      const { strides, pad, dilations, dimRoundingMode } = attrs;
      const plain = dilations === 1 || (Array.isArray(dilations) && dilations.every((d) => d === 1));
      const geometry = geometryOf(inputs.x.shape, inputs.filter.shape, strides, pad, dimRoundingMode);
      if (plain && fitsWinograd(geometry))
        return winogradConvolution(inputs.x, inputs.filter, geometry, backend);
      return stock.kernelFunc({ inputs, attrs: { ...attrs }, backend }) as tf.TensorInfo;
    },
  );
}
