import * as tf from '@tensorflow/tfjs';

/**
 * Registers a kernel in the place of a backend's own. TensorFlow.js hands kernels untyped maps; which tensors and
 * attributes are in them, the kernel's name decides, and which backend, the backend's.
 */
export function replaceKernel<Inputs, Attributes, Backend>(
  backendName: string,
  kernelName: string,
  run: (inputs: Inputs, attributes: Attributes, backend: Backend) => tf.TensorInfo,
): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      run(inputs as Inputs, attrs as Attributes, backend as Backend),
  });
}
