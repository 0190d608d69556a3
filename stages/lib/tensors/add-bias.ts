import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { byChannel, channelMean } from './channel-wise.js';

/**
 * Adds a number to each channel. Its gradient is a pooled mean, where the stock one sums over three axes, which takes
 * WebAssembly as long as a small convolution.
 * @param x    [N, H, W, C]
 * @param bias [C]
 */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const operation = customGradient((...args) => {
    const [input, shift] = args as [tf.Tensor4D, tf.Tensor1D];
    const count = input.size / shift.size;
    return {
      value: byChannel(tf.add, input, shift),
      gradFunc: (dy: tf.Tensor) => [dy, tf.mul(channelMean(dy as tf.Tensor4D), count)],
    };
  });
  return operation(x, bias) as tf.Tensor4D;
}
