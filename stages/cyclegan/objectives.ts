import * as tf from '@tensorflow/tfjs';
import { fakeLoss, generatorLoss, meanDifference, realLoss } from './losses.js';
import type { NetworkName } from './model.js';
import type { AdversarialLoss, Mode } from './modes.js';
import { judge } from './networks/discriminator.js';
import { generate, type GeneratorShape } from './networks/generator.js';
import type { Weights } from './networks/parameters.js';

/** What a training weighs against what. */
export interface ObjectiveOptions {
  readonly mode: Mode;
  /** bayesian: as its published code, or with what is evidently meant. */
  readonly variant: 'paper' | 'sane';
  readonly adversarial: AdversarialLoss;
  /** λ of the way there and back. */
  readonly cycle: number;
  /** Of the difference where a picture is of the target domain already, relative to λ. */
  readonly identity: number;
  /** λ of CUT's patches. */
  readonly patches: number;
  /** How many patches of a picture are compared at each tap. */
  readonly patchCount: number;
  readonly temperature: number;
}

/** What one task of a step looks at: pictures of its domain, [N, S, S, 3] from −1 to 1, and of the other one. */
export interface Scene {
  readonly shape: GeneratorShape;
  readonly options: ObjectiveOptions;
  readonly own: tf.Tensor4D;
  readonly other: tf.Tensor4D;
  /** Weights of the pixels, [N, S, S, 1]; none where all count the same. */
  readonly ownWeights: tf.Tensor4D | undefined;
  readonly otherWeights: tf.Tensor4D | undefined;
  /** Noise maps [N, S, S, 1], one a Monte-Carlo sample; none without noise. */
  readonly noise: readonly tf.Tensor4D[];
  /** The networks of this task: what translates, what undoes it, what tells real ones. */
  readonly names: { readonly there: NetworkName; readonly back: NetworkName; readonly judge: NetworkName };
  /** Remembers a part of the loss for people. */
  note(name: string, value: tf.Scalar): void;
}

export type WeightsOf = (name: NetworkName) => Weights;

/** The picture that goes into a generator, with its noise map where it takes one. */
function withNoise(x: tf.Tensor4D, noise: tf.Tensor4D | undefined): tf.Tensor4D {
  return noise ? tf.concat([x, noise], 3) : x;
}

/**
 * What the generators lose on the way there and back (Zhu et al. 2017, §3; Bayesian CycleGAN: the mean over the
 * Monte-Carlo samples, in its published code the sum of the cycles, each closed with the last noise map).
 * @param made is handed each translation
 */
export function cycleObjective(
  scene: Scene,
  weights: WeightsOf,
  made: (fake: tf.Tensor4D) => void,
): tf.Scalar {
  const { shape, options, own, names, noise } = scene;
  const maps = noise.length === 0 ? [undefined] : noise;
  const share = 1 / maps.length;
  const cycleShare = options.variant === 'paper' ? 1 : share;
  let adversarial: tf.Scalar = tf.scalar(0);
  let cycle: tf.Scalar = tf.scalar(0);
  for (const map of maps) {
    const fake = generate(weights(names.there), shape, withNoise(own, map));
    made(fake);
    const undone = generate(weights(names.back), shape, withNoise(fake, maps.at(-1)));
    const fooled = generatorLoss(options.adversarial, judge(weights(names.judge), fake));
    adversarial = tf.add(adversarial, tf.mul(fooled, share));
    cycle = tf.add(cycle, tf.mul(meanDifference(undone, own, scene.ownWeights), cycleShare));
  }
  scene.note('generator', adversarial);
  scene.note('cycle', cycle);
  return tf.add(adversarial, tf.mul(cycle, options.cycle));
}

/** What a generator loses where it changes pictures that are as they should be. */
export function identityObjective(scene: Scene, weights: WeightsOf): tf.Scalar {
  const { shape, options, other, names, noise } = scene;
  const same = generate(weights(names.there), shape, withNoise(other, noise[0]));
  const difference = meanDifference(same, other, scene.otherWeights);
  scene.note('identity', difference);
  return tf.mul(difference, options.identity * options.cycle);
}

/**
 * What a discriminator loses: half of what it gets wrong of real pictures, and half of made ones.
 * @param fakes translations of this step, or of earlier ones
 */
export function judgeObjective(scene: Scene, weights: WeightsOf, fakes: readonly tf.Tensor4D[]): tf.Scalar {
  const { options, other, names } = scene;
  const network = weights(names.judge);
  // The published code counts the real pictures once a Monte-Carlo sample, and the made ones by their mean.
  const realShare = options.mode === 'bayesian' && options.variant === 'paper' ? fakes.length : 1;
  let loss = tf.mul<tf.Scalar>(realLoss(options.adversarial, judge(network, other)), realShare / 2);
  for (const fake of fakes)
    loss = tf.add(loss, tf.mul(fakeLoss(options.adversarial, judge(network, fake)), 0.5 / fakes.length));
  scene.note('discriminator', loss);
  return loss;
}
