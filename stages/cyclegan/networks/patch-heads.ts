import * as tf from '@tensorflow/tfjs';
import { customGradient } from '../../lib/tensors/custom-gradient.js';
import { LayoutBuilder, weightOf, type ParameterLayout, type Weights } from './parameters.js';

/** Numbers that a patch is described by. */
const DESCRIBED_BY = 256;

/** The tensors of CUT's two dense layers for each tap of the generator. @param channels of the features at each tap */
export function patchHeadsLayout(channels: readonly number[]): ParameterLayout {
  const builder = new LayoutBuilder();
  for (const [tap, from] of channels.entries())
    builder.dense(`tap${tap}a`, from, DESCRIBED_BY).dense(`tap${tap}b`, DESCRIBED_BY, DESCRIBED_BY);
  return builder.build();
}

/**
 * Descriptions of patches, of length 1 (Park et al. 2020).
 * @param features [P, C] of the patches at a tap
 * @returns [P, 256]
 */
export function describePatches(weights: Weights, tap: number, features: tf.Tensor2D): tf.Tensor2D {
  const dense = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
    tf.add(tf.matMul(x, weightOf<tf.Tensor2D>(weights, `${name}.kernel`)), weightOf(weights, `${name}.bias`));
  const described = dense(tf.relu(dense(features, `tap${tap}a`)), `tap${tap}b`);
  const length = tf.sqrt(tf.add(tf.sum(tf.square(described), 1, true), 1e-12));
  return tf.div(described, length);
}

/**
 * The features at some pixels. With its own gradient: that of the stock gather has no kernel on WebAssembly.
 * @param features [1, H, W, C]
 * @param places   of pixels, row by row, none twice
 * @returns [P, C]
 */
export function pickPatches(features: tf.Tensor4D, places: Int32Array): tf.Tensor2D {
  const [, height, width, channels] = features.shape;
  const operation = customGradient((...args) => {
    const [input] = args as [tf.Tensor2D];
    return {
      value: tf.gather(input, tf.tensor1d(places, 'int32')),
      gradFunc: (dy: tf.Tensor) =>
        tf.scatterND(tf.tensor2d(places, [places.length, 1], 'int32'), dy, [height * width, channels]),
    };
  });
  return operation(tf.reshape(features, [height * width, channels])) as tf.Tensor2D;
}
