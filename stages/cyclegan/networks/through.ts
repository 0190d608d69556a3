import * as tf from '@tensorflow/tfjs';

/**
 * Goes through layers, and lets go of what went in and of all between as soon as the result is there: a picture's way
 * through a network takes the memory of a few layers instead of all. A gradient that is being recorded keeps what it
 * needs by itself.
 */
export function through(input: tf.Tensor4D, layers: (input: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
  const output = tf.tidy(() => layers(input));
  input.dispose();
  return output;
}
