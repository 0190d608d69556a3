import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { byImageChannel, imageChannelMeans } from './channel-wise.js';

/** PyTorch's InstanceNorm2d: added to a variance before its root. */
const VARIANCE_FLOOR = 1e-5;

/**
 * Instance normalisation without scale and shift (Ulyanov et al. 2016) and a leaky ReLU, as one operation with its own
 * gradient: of the chain of stock operations it keeps two tensors of the activation's size instead of six.
 * @param x     [N, H, W, C]
 * @param slope of the negative side; 1 for no ReLU, 0 for a plain one
 * @returns [N, H, W, C]
 */
export function instanceNorm(x: tf.Tensor4D, slope: number): tf.Tensor4D {
  const operation = customGradient((...args) => {
    const [input, save] = args as [tf.Tensor4D, tf.GradSaveFunc];
    const centred = byImageChannel(tf.sub, input, imageChannelMeans(input));
    const variance = imageChannelMeans(tf.square(centred));
    const inverse = tf.rsqrt(tf.add(variance, VARIANCE_FLOOR)) as tf.Tensor2D;
    const normal = byImageChannel(tf.mul, centred, inverse);
    const value = slope === 1 ? normal : tf.mul(normal, tf.step(normal, slope));
    save([normal, inverse]);
    return { value, gradFunc: backwards(slope) };
  });
  return operation(x) as tf.Tensor4D;
}

/** With the normalised input n and g = dy·leaky′: dx = (g − mean g − n·mean(g·n)) / σ. */
function backwards(slope: number) {
  return (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
    const [normal, inverse] = saved as [tf.Tensor4D, tf.Tensor2D];
    const slopes = (slope === 1 ? dy : tf.mul(dy, tf.step(normal, slope))) as tf.Tensor4D;
    const along = imageChannelMeans(tf.mul(slopes, normal));
    const straight = byImageChannel(tf.sub, slopes, imageChannelMeans(slopes));
    return byImageChannel(tf.mul, tf.sub(straight, byImageChannel(tf.mul, normal, along)), inverse);
  };
}
