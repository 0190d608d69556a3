import type * as tf from '@tensorflow/tfjs';
import { addBias } from '../../lib/tensors/add-bias.js';
import { instanceNorm } from '../../lib/tensors/instance-norm.js';
import { convolution, leaky } from '../../lib/tensors/layers.js';
import { through } from './through.js';
import { LayoutBuilder, weightOf, type ParameterLayout, type Weights } from './parameters.js';

const SLOPE = 0.2;
const STRIDES = [2, 2, 2, 1, 1] as const;

/** The tensors of a PatchGAN of 70 × 70 pixels (Isola et al. 2017). @param width channels of the first convolution (`ndf`) */
export function discriminatorLayout(width: number): ParameterLayout {
  const channels = [3, width, 2 * width, 4 * width, 8 * width, 1];
  const builder = new LayoutBuilder();
  for (const layer of STRIDES.keys()) {
    const [from = 0, to = 0] = channels.slice(layer, layer + 2);
    builder.convolution(`layer${layer + 1}`, [4, 4, from, to], to, layer > 0 && layer < 4);
  }
  return builder.build();
}

/**
 * How real each patch looks; for an image of 128 × 128, 14 × 14 patches.
 * @param x [N, H, W, 3], −1 to 1
 * @returns [N, h, w, 1], without an activation
 */
export function judge(weights: Weights, x: tf.Tensor4D): tf.Tensor4D {
  // A copy, which shares its numbers: what is handed in is not ours to let go of.
  let value = x.clone();
  for (const [index, stride] of STRIDES.entries()) {
    const name = `layer${index + 1}`;
    const bias = weights.get(`${name}.bias`) as tf.Tensor1D | undefined;
    value = through(value, (at) => {
      const convolved = convolution(at, weightOf(weights, `${name}.kernel`), stride, 1);
      if (!bias) return instanceNorm(convolved, SLOPE);
      const shifted = addBias(convolved, bias);
      return index === 0 ? leaky(shifted, SLOPE) : shifted;
    });
  }
  return value;
}
