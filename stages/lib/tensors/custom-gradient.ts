import * as tf from '@tensorflow/tfjs';

type Operation<T extends tf.Tensor> = Parameters<typeof tf.customGrad<T>>[0];

/**
 * An operation with a gradient of its own, as tf.customGrad makes one. That of TensorFlow.js 4.22 does not tidy up:
 * whatever a gradient function makes on its way lives until the whole pass backwards is over, a multiple of what the
 * network itself takes.
 * @param operation takes the inputs, and a function that saves tensors for the gradient
 */
export function customGradient<T extends tf.Tensor>(operation: Operation<T>): (...inputs: tf.Tensor[]) => T {
  return tf.customGrad<T>((...args) => {
    const { value, gradFunc } = operation(...args);
    return { value, gradFunc: (dy: T, saved: tf.Tensor[]) => tf.tidy(() => gradFunc(dy, saved)) };
  });
}
