import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { geometryOf } from './conv-geometry.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradient.js';
import { byChannel } from './channel-wise.js';
import { filterGradient } from './filter-gradient.js';
import { inputGradient } from './input-gradient.js';
import { isOneByOne, oneByOne } from './one-by-one.js';
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
  registerFastConvolutions();
  replaceKernel<Record<'x' | 'dy', tf.Tensor4D>, tf.Conv2DBackpropFilterAttrs, BackendWasm>(
    'wasm',
    tf.Conv2DBackpropFilter,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }, backend) => {
      const geometry = geometryOf(x.shape, filterShape, strides, pad, dimRoundingMode);
      if (fitsWinograd(geometry)) return winogradFilterGradient(x, dy, geometry, backend);
      return filterGradient(x, dy, geometry, backend);
    },
  );
  replaceKernel<Record<'dy' | 'filter', tf.Tensor4D>, tf.Conv2DBackpropInputAttrs, BackendWasm>(
    'wasm',
    tf.Conv2DBackpropInput,
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, backend) => {
      const geometry = geometryOf(inputShape, filter.shape, strides, pad, dimRoundingMode);
      if (fitsWinograd(geometry)) return winogradInputGradient(dy, filter, geometry, backend);
      if (isOneByOne(geometry)) return oneByOne(dy, filter, true, backend);
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

/** What our own loops do faster goes through them, the rest through the stock kernels. */
function registerFastConvolutions(): void {
  const [stock, stockFused] = [stockKernel(tf.Conv2D), stockKernel(tf.FusedConv2D)];
  replaceKernel<Record<'x' | 'filter', tf.Tensor4D>, tf.Conv2DAttrs, BackendWasm>(
    'wasm',
    tf.Conv2D,
    (inputs, attrs, backend) =>
      fastConvolution(inputs.x, inputs.filter, attrs, backend) ??
      (stock({ inputs, attrs: { ...attrs }, backend }) as tf.TensorInfo),
  );
  type FusedInputs = Record<'x' | 'filter' | 'bias', tf.Tensor4D>;
  replaceKernel<FusedInputs, tf.FusedConv2DAttrs, BackendWasm>(
    'wasm',
    tf.FusedConv2D,
    (inputs, attrs, backend) => {
      const { x, filter, bias } = inputs;
      const sums = attrs.activation === 'linear' ? fastConvolution(x, filter, attrs, backend) : undefined;
      if (!sums) return stockFused({ inputs, attrs: { ...attrs }, backend }) as tf.TensorInfo;
      // The stock kernel needs a bias as well.
      const result = byChannel(tf.add, sums as tf.Tensor4D, tf.reshape(bias, [bias.size]));
      sums.dispose();
      return result;
    },
  );
}

function stockKernel(name: string): tf.KernelFunc {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`the WebAssembly backend has no ${name}`);
  return kernel.kernelFunc;
}

/** @returns undefined for what the stock kernel does as well */
function fastConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad, dilations, dimRoundingMode }: tf.Conv2DAttrs,
  backend: BackendWasm,
): tf.Tensor | undefined {
  const plain = dilations === 1 || (Array.isArray(dilations) && dilations.every((d) => d === 1));
  if (!plain) return undefined;
  const geometry = geometryOf(x.shape, filter.shape, strides, pad, dimRoundingMode);
  if (fitsWinograd(geometry)) return winogradConvolution(x, filter, geometry, backend);
  if (isOneByOne(geometry)) return oneByOne(x, filter, false, backend);
  return undefined;
}
