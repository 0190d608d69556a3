import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';

/**
 * Pads height and width by mirroring without repeating the edge, as PyTorch's ReflectionPad2d. The gradient is ours:
 * TensorFlow.js 4.22 only cuts its middle out and forgets what the mirrored pixels add.
 * @param x   [N, H, W, C], H and W larger than the padding
 * @param pad pixels on each side
 * @returns [N, H + 2·pad, W + 2·pad, C]
 */
export function reflectPad(x: tf.Tensor4D, pad: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (Math.min(height, width) <= pad)
    throw new RangeError(`${width} × ${height} pixels are too few to mirror ${pad} of them.`);
  const sides: [number, number] = [pad, pad];
  const operation = customGradient((...args) => {
    const [input] = args as [tf.Tensor4D];
    return {
      value: tf.mirrorPad(input, [[0, 0], sides, sides, [0, 0]], 'reflect'),
      gradFunc: (dy: tf.Tensor) => foldAxis(foldAxis(dy as tf.Tensor4D, 1, pad), 2, pad),
    };
  });
  return operation(x) as tf.Tensor4D;
}

/** Cuts the mirrored margins off an axis and adds them to the pixels that they came from. */
function foldAxis(dy: tf.Tensor4D, axis: 1 | 2, pad: number): tf.Tensor4D {
  const padded = dy.shape[axis];
  const size = padded - 2 * pad;
  const part = (from: number, length: number): tf.Tensor4D => {
    const begin: [number, number, number, number] = [0, 0, 0, 0];
    const shape = [...dy.shape] as [number, number, number, number];
    begin[axis] = from;
    shape[axis] = length;
    return tf.slice(dy, begin, shape);
  };
  const placed = (margin: tf.Tensor4D, before: number): tf.Tensor4D => {
    const paddings: [number, number][] = [[0, 0], [0, 0], [0, 0], [0, 0]]; // prettier-ignore
    paddings[axis] = [before, size - pad - before];
    return tf.pad(tf.reverse(margin, axis), paddings);
  };
  // Margin pixel k before the edge mirrors pixel pad − k; the one after it mirrors from the second last on.
  const first = placed(part(0, pad), 1);
  const last = placed(part(padded - pad, pad), size - 1 - pad);
  return tf.add(part(pad, size), tf.add(first, last));
}
