import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { geometryOf } from './conv-geometry.js';
import { filterGradient } from './filter-gradient.js';
import { inputGradient } from './input-gradient.js';
import { maxPoolGradient } from './pool-gradient.js';

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
