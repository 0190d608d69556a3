import * as tf from '@tensorflow/tfjs';
import { FastRandom } from '../../lib/tensors/fast-random.js';

/** A map of N(0, 1), the same for each picture of a batch. @returns [batch, height, width, 1] */
export function noiseMap(seed: number, batch: number, height: number, width: number): tf.Tensor4D {
  const values = noiseValues(seed, height, width);
  return tf.tidy(() => tf.tile(tf.tensor4d(values, [1, height, width, 1]), [batch, 1, 1, 1]));
}

/** Its numbers. @returns [height, width] */
export function noiseValues(seed: number, height: number, width: number): Float32Array {
  const random = new FastRandom(seed);
  return Float32Array.from({ length: height * width }, () => random.normal());
}
