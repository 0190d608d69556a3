import * as tf from '@tensorflow/tfjs';

/**
 * A transposed convolution of size 3 and stride 2 that doubles the size, as PyTorch's ConvTranspose2d(3, stride=2,
 * padding=1, output_padding=1). TensorFlow's SAME would lie one pixel off: pixel 2y + i − 1 of the result takes tap i of
 * pixel y, which is the whole result without its first row and column.
 * @param x      [N, H, W, C]
 * @param kernel [3, 3, F, C]
 * @returns [N, 2H, 2W, F]
 */
export function transposedConvolution(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  const filters = kernel.shape[2];
  const whole = tf.conv2dTranspose(x, kernel, [batch, 2 * height + 1, 2 * width + 1, filters], 2, 'valid');
  return tf.slice(whole, [0, 1, 1, 0], [batch, 2 * height, 2 * width, filters]);
}
