import * as tf from '@tensorflow/tfjs';

/**
 * The mean of each channel of each image, as a global average pool: five times faster than a sum over the axes.
 * @param x [N, H, W, C]
 * @returns [N, C]
 */
export function imageChannelMeans(x: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(tf.avgPool(x, [height, width], 1, 'valid'), [batch, channels]);
}

/** The mean of each channel over all images. @returns [C] */
export function channelMean(x: tf.Tensor4D): tf.Tensor1D {
  return tf.mean(imageChannelMeans(x), 0);
}

/**
 * x ∘ vector for each channel. Rows are joined until they are long enough for the vector units: broadcasting over
 * a short last axis takes five times as long.
 * @param x      [N, H, W, C]
 * @param vector [C]
 */
export function byChannel(
  operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  x: tf.Tensor4D,
  vector: tf.Tensor1D,
): tf.Tensor4D {
  const channels = vector.size;
  const joined = joinedRows(x.size / channels, channels);
  const rows = tf.reshape(x, [x.size / (channels * joined), channels * joined]);
  return tf.reshape(operation(rows, tf.tile(vector, [joined])), x.shape);
}

/**
 * As byChannel, with a vector of its own for each image.
 * @param vectors [N, C]
 */
export function byImageChannel(
  operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  x: tf.Tensor4D,
  vectors: tf.Tensor2D,
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (batch === 1) return byChannel(operation, x, tf.reshape(vectors, [channels]));
  const joined = joinedRows(height * width, channels);
  const rows = tf.reshape(x, [batch, (height * width) / joined, channels * joined]);
  const tiled = tf.reshape(tf.tile(vectors, [1, joined]), [batch, 1, channels * joined]);
  return tf.reshape(operation(rows, tiled), x.shape);
}

function joinedRows(rows: number, channels: number): number {
  let joined = 1;
  while (joined * channels < 512 && rows % (joined * 2) === 0) joined *= 2;
  return joined;
}
