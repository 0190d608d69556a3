import * as tf from '@tensorflow/tfjs';
import { addBias } from '../../lib/tensors/add-bias.js';
import { instanceNorm } from '../../lib/tensors/instance-norm.js';
import { convolution } from '../../lib/tensors/layers.js';
import { reflectPad } from '../../lib/tensors/reflect-pad.js';
import { transposedConvolution } from '../../lib/tensors/transposed-convolution.js';
import { through } from './through.js';
import { LayoutBuilder, weightOf, type ParameterLayout, type Weights } from './parameters.js';

/** What a generator is built of. */
export interface GeneratorShape {
  /** Channels that come in: 3 of an image, 4 with a map. */
  readonly inputChannels: number;
  /** Channels that come out: 3 of an image where left out, 1 of an encoder's map. */
  readonly outputChannels?: number;
  /** Channels of the first convolution (`ngf`); the residual blocks have four times as many. */
  readonly width: number;
  /** Residual blocks: 6 for images of 128 pixels, 9 from 256 on, none in an encoder. */
  readonly blocks: number;
}

/** The tensors of a generator (Johnson et al. 2016; Zhu et al. 2017, appendix 7.2), in the order of the way through. */
export function generatorLayout({
  inputChannels,
  outputChannels = 3,
  width,
  blocks,
}: GeneratorShape): ParameterLayout {
  const builder = new LayoutBuilder();
  builder
    .convolution('first', [7, 7, inputChannels, width], width, true)
    .convolution('down1', [3, 3, width, 2 * width], 2 * width, true)
    .convolution('down2', [3, 3, 2 * width, 4 * width], 4 * width, true);
  for (let block = 1; block <= blocks; block++)
    for (const half of ['a', 'b'])
      builder.convolution(`block${block}${half}`, [3, 3, 4 * width, 4 * width], 4 * width, true);
  return builder
    .convolution('up1', [3, 3, 2 * width, 4 * width], 2 * width, true)
    .convolution('up2', [3, 3, width, 2 * width], width, true)
    .convolution('last', [7, 7, width, outputChannels], outputChannels, false)
    .build();
}

/**
 * The places inside a generator where CUT compares patches: input, both strided convolutions, blocks 1 and 5. What it is
 * handed lives as long as the call.
 */
export type FeatureTap = (features: tf.Tensor4D) => void;

/** Channels of the features at each tap. */
export function tapChannels({ inputChannels, width, blocks }: GeneratorShape): number[] {
  const deep = tappedBlocks(blocks).map(() => 4 * width);
  return [inputChannels, 2 * width, 4 * width, ...deep];
}

function tappedBlocks(blocks: number): number[] {
  return [1, 5].filter((block) => block <= blocks);
}

/**
 * The first half of a generator, up to its last residual block.
 * @param x   [N, H, W, inputChannels], H and W multiples of 4
 * @param tap is handed the features at each of CUT's places, in order
 * @returns [N, H/4, W/4, 4·width]
 */
export function encode(
  weights: Weights,
  shape: GeneratorShape,
  x: tf.Tensor4D,
  tap?: FeatureTap,
): tf.Tensor4D {
  const kernel = (name: string): tf.Tensor4D => weightOf(weights, `${name}.kernel`);
  const padded = reflectPad(x, 3);
  tap?.(padded);
  let value = through(padded, (at) => convolution(at, kernel('first'), 1, 0));
  value = through(value, (at) => instanceNorm(at, 0));
  for (const name of ['down1', 'down2']) {
    value = through(value, (at) => convolution(at, kernel(name), 2, 1));
    tap?.(value);
    value = through(value, (at) => instanceNorm(at, 0));
  }
  const tapped = tappedBlocks(shape.blocks);
  for (let block = 1; block <= shape.blocks; block++) {
    value = through(value, (at) => {
      const inner = instanceNorm(convolution(reflectPad(at, 1), kernel(`block${block}a`), 1, 0), 0);
      return tf.add(at, instanceNorm(convolution(reflectPad(inner, 1), kernel(`block${block}b`), 1, 0), 1));
    });
    if (tapped.includes(block)) tap?.(value);
  }
  return value;
}

/**
 * A generator from end to end.
 * @param x [N, H, W, inputChannels], −1 to 1
 * @returns [N, H, W, outputChannels], −1 to 1
 */
export function generate(weights: Weights, shape: GeneratorShape, x: tf.Tensor4D): tf.Tensor4D {
  let value = encode(weights, shape, x);
  for (const name of ['up1', 'up2']) {
    value = through(value, (at) => transposedConvolution(at, weightOf(weights, `${name}.kernel`)));
    value = through(value, (at) => instanceNorm(at, 0));
  }
  return through(value, (at) => {
    const last = convolution(reflectPad(at, 3), weightOf(weights, 'last.kernel'), 1, 0);
    return tf.tanh(addBias(last, weightOf(weights, 'last.bias')));
  });
}
