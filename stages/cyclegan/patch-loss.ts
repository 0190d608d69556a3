import * as tf from '@tensorflow/tfjs';
import { customGradient } from '../lib/tensors/custom-gradient.js';

/**
 * PatchNCE (Park et al. 2020): each patch of the translation is to be found again, by its description, among the
 * patches of the original. Cross-entropy over the similarities, of which the right one lies on the diagonal.
 * @param translated [P, D] descriptions of length 1
 * @param original   [P, D] of the same places; nothing flows back into them
 * @param temperature τ, .07
 * @returns a scalar, the mean over patches
 */
export function patchLoss(translated: tf.Tensor2D, original: tf.Tensor2D, temperature: number): tf.Scalar {
  const count = translated.shape[0];
  const operation = customGradient((...args) => {
    const [queries, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    const similarities = tf.div(tf.matMul(queries, original, false, true), temperature);
    const shares = tf.softmax(similarities) as tf.Tensor2D;
    const right = tf.sum(tf.mul(shares, tf.eye(count)), 1);
    save([shares]);
    return {
      value: tf.neg(tf.mean(tf.log(tf.maximum(right, 1e-30)))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [chosen] = saved as [tf.Tensor2D];
        const slopes = tf.div(tf.sub(chosen, tf.eye(count)), count * temperature);
        return tf.mul(tf.matMul(slopes, original), dy);
      },
    };
  });
  return operation(translated) as tf.Scalar;
}
