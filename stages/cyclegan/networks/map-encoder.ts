import * as tf from '@tensorflow/tfjs';
import { generate, type GeneratorShape } from './generator.js';
import type { Weights } from './parameters.js';

/**
 * The network that makes a picture into the fourth channel of a Bayesian generator (You et al. 2018, `CycleGAN_bayes.py`):
 * a generator without residual blocks, and with one channel at its end.
 */
export function mapEncoderShape(width: number): GeneratorShape {
  return { inputChannels: 3, outputChannels: 1, width, blocks: 0 };
}

/**
 * The map of a picture, the same for each picture of a batch.
 * @param picture [1, H, W, 3], −1 to 1
 * @returns [batch, H, W, 1], −1 to 1
 */
export function encodedMap(
  weights: Weights,
  width: number,
  picture: tf.Tensor4D,
  batch: number,
): tf.Tensor4D {
  const map = generate(weights, mapEncoderShape(width), picture);
  return batch === 1 ? map : tf.tile(map, [batch, 1, 1, 1]);
}
