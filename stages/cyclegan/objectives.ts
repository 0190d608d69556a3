import * as tf from '@tensorflow/tfjs';
import { fakeLoss, generatorLoss, meanDifference, realLoss } from './losses.js';
import { judge } from './networks/discriminator.js';
import { generate } from './networks/generator.js';
import type { ObjectiveOptions } from './objective-options.js';
import type { Scene, WeightsOf } from './scene.js';

/** The picture that goes into a generator, with its map where it takes one. */
function withMap(x: tf.Tensor4D, map: tf.Tensor4D | undefined): tf.Tensor4D {
  return map ? tf.concat([x, map], 3) : x;
}

/**
 * What the generators lose on the way there and back (Zhu et al. 2017, §3; Bayesian CycleGAN: the mean over the
 * Monte-Carlo samples, in its published code the sum of the cycles, all closed with one map; with γ also where pictures
 * that went there and back are told apart from real ones).
 * @param made is handed each translation, and what became of it on the way back
 */
export function cycleObjective(
  scene: Scene,
  weights: WeightsOf,
  made: (fake: tf.Tensor4D, undone: tf.Tensor4D) => void,
): tf.Scalar {
  const { shape, options, own, names } = scene;
  const maps = scene.maps(weights);
  const share = 1 / maps.there.length;
  const cycleShare = options.variant === 'paper' ? 1 : share;
  let adversarial: tf.Scalar = tf.scalar(0);
  let cycle: tf.Scalar = tf.scalar(0);
  let reconstruction: tf.Scalar = tf.scalar(0);
  for (const map of maps.there) {
    const fake = generate(weights(names.there), shape, withMap(own, map));
    const undone = generate(weights(names.back), shape, withMap(fake, maps.back));
    made(fake, undone);
    const fooled = generatorLoss(options.adversarial, judge(weights(names.judge), fake));
    adversarial = tf.add(adversarial, tf.mul(fooled, share));
    cycle = tf.add(cycle, tf.mul(meanDifference(undone, own, scene.ownWeights), cycleShare));
    if (options.gamma === 0) continue;
    const passed = generatorLoss(options.adversarial, judge(weights(names.ownJudge), undone));
    reconstruction = tf.add(reconstruction, tf.mul(passed, share));
  }
  scene.note('generator', adversarial);
  scene.note('cycle', cycle);
  const loss = tf.add<tf.Scalar>(adversarial, tf.mul(cycle, options.cycle));
  if (options.gamma === 0) return loss;
  scene.note('cycle generator', reconstruction);
  return tf.add(loss, tf.mul(reconstruction, options.gamma));
}

/** What a generator loses where it changes pictures that are as they should be. */
export function identityObjective(scene: Scene, weights: WeightsOf): tf.Scalar {
  const { shape, options, other, names } = scene;
  const [map] = scene.maps(weights).there;
  const same = generate(weights(names.there), shape, withMap(other, map));
  const difference = meanDifference(same, other, scene.otherWeights);
  scene.note('identity', difference);
  return tf.mul(difference, options.identity * options.cycle);
}

/**
 * What a discriminator loses: half of what it gets wrong of real pictures, and half of made ones.
 * @param fakes translations of this step, or of earlier ones
 */
export function judgeObjective(scene: Scene, weights: WeightsOf, fakes: readonly tf.Tensor4D[]): tf.Scalar {
  const loss = judged(scene.options, (x) => judge(weights(scene.names.judge), x), scene.other, fakes);
  scene.note('discriminator', loss);
  return loss;
}

/**
 * What the discriminator of the task's own domain loses besides, γ times: it is to tell pictures that went there and
 * back from real ones.
 */
export function reconstructionJudgeObjective(
  scene: Scene,
  weights: WeightsOf,
  undone: readonly tf.Tensor4D[],
): tf.Scalar {
  const loss = judged(scene.options, (x) => judge(weights(scene.names.ownJudge), x), scene.own, undone);
  scene.note('cycle discriminator', loss);
  return tf.mul(loss, scene.options.gamma);
}

function judged(
  { mode, variant, adversarial }: ObjectiveOptions,
  network: (x: tf.Tensor4D) => tf.Tensor4D,
  real: tf.Tensor4D,
  fakes: readonly tf.Tensor4D[],
): tf.Scalar {
  // The published code counts the real pictures once a Monte-Carlo sample, and the made ones by their mean.
  const realShare = mode === 'bayesian' && variant === 'paper' ? fakes.length : 1;
  let loss = tf.mul<tf.Scalar>(realLoss(adversarial, network(real)), realShare / 2);
  for (const fake of fakes)
    loss = tf.add(loss, tf.mul(fakeLoss(adversarial, network(fake)), 0.5 / fakes.length));
  return loss;
}
