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
  replaceKernel<Record<'x' | 'dy', tf.Tensor4D>, tf.Conv2DBackpropFilterAttrs>(
    tf.Conv2DBackpropFilter,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }, backend) => {
      const geometry = geometryOf(x.shape, filterShape, strides, pad, dimRoundingMode);
      return tf.tidy(() => filterGradient(x, dy, geometry, backend));
    },
  );
  replaceKernel<Record<'dy' | 'filter', tf.Tensor4D>, tf.Conv2DBackpropInputAttrs>(
    tf.Conv2DBackpropInput,
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, backend) => {
      const geometry = geometryOf(inputShape, filter.shape, strides, pad, dimRoundingMode);
      return tf.tidy(() => inputGradient(dy, filter, geometry, backend));
    },
  );
  replaceKernel<Record<'dy' | 'input' | 'output', tf.Tensor4D>, tf.MaxPoolGradAttrs>(
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

/** TensorFlow.js hands kernels untyped maps; which tensors and attributes are in them, the kernel's name decides. */
function replaceKernel<Inputs, Attributes>(
  kernelName: string,
  run: (inputs: Inputs, attributes: Attributes, backend: BackendWasm) => tf.TensorInfo,
): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      run(inputs as Inputs, attrs as Attributes, backend as BackendWasm),
  });
}
