import * as tf from '@tensorflow/tfjs';
import { unreachable } from '../../pipeline/core/unreachable.js';
import type { AdversarialLoss } from './modes.js';

/**
 * What a generator loses where its pictures are told apart from real ones: least squares (Mao et al. 2017), the
 * non-saturating cross-entropy (Goodfellow et al. 2014), or the hinge's (Lim & Ye 2017).
 * @param fake what the discriminator says of them, any shape
 * @returns a scalar, the mean over patches
 */
export function generatorLoss(kind: AdversarialLoss, fake: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'lsgan':
      return tf.mean(tf.square(tf.sub(fake, 1)));
    case 'bce':
      return tf.mean(tf.softplus(tf.neg(fake)));
    case 'hinge':
      return tf.neg(tf.mean<tf.Scalar>(fake));
    default:
      return unreachable(kind);
  }
}

/** What a discriminator loses where it does not know real pictures as such. @returns a scalar, the mean over patches */
export function realLoss(kind: AdversarialLoss, real: tf.Tensor): tf.Scalar {
  return kind === 'hinge' ? tf.mean(tf.relu(tf.sub(1, real))) : generatorLoss(kind, real);
}

/** What a discriminator loses where it takes made pictures for real ones. @returns a scalar, the mean over patches */
export function fakeLoss(kind: AdversarialLoss, fake: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'lsgan':
      return tf.mean(tf.square(fake));
    case 'bce':
      return tf.mean(tf.softplus(fake));
    case 'hinge':
      return tf.mean(tf.relu(tf.add(1, fake)));
    default:
      return unreachable(kind);
  }
}

/**
 * The mean absolute difference of two batches of pictures, for cycle and identity.
 * @param weights [N, H, W, 1] of pixels (objects may count more); the result is divided by their sum
 */
export function meanDifference(a: tf.Tensor4D, b: tf.Tensor4D, weights?: tf.Tensor4D): tf.Scalar {
  const difference = tf.abs(tf.sub(a, b));
  if (!weights) return tf.mean(difference);
  const channels = a.shape[3];
  return tf.div(tf.sum(tf.mul(difference, weights)), tf.mul(tf.sum(weights), channels));
}
