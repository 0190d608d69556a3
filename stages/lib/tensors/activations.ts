import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import { LEAKY_SLOPE, type Activation } from '../darknet/layer-types.js';
import { leaky } from './layers.js';

/** darknet's activations (src/activations.h; swish and mish as AlexeyAB's), and MobileNetV3's hard_swish. */
export function activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  switch (activation) {
    case 'linear':
      return x;
    case 'leaky':
      return leaky(x, LEAKY_SLOPE);
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'logistic':
      return tf.sigmoid(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'mish':
      return tf.mul(x, tf.tanh(tf.softplus(x)));
    case 'hard_swish':
      return hardSwish(x);
    default:
      return unreachable(activation);
  }
}

/** x · relu6(x + 3) / 6 (Howard et al. 2019, §5.2), with its own gradient: stock operations would keep five tensors. */
function hardSwish(x: tf.Tensor4D): tf.Tensor4D {
  const operation = customGradient((...args) => {
    const [input, save] = args as [tf.Tensor4D, tf.GradSaveFunc];
    save([input]);
    const value = tf.mul(input, tf.div(tf.relu6(tf.add(input, 3)), 6));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [at] = saved as [tf.Tensor4D];
      const inside = tf.mul(tf.step(tf.add(at, 3)), tf.step(tf.sub(3, at)));
      const slope = tf.add(tf.mul(inside, tf.div(tf.add(tf.mul(at, 2), 3), 6)), tf.step(tf.sub(at, 3)));
      return tf.mul(dy, slope);
    };
    return { value, gradFunc };
  });
  return operation(x) as tf.Tensor4D;
}
