import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import { customGradient } from '../../../../stages/lib/tensors/custom-gradient.js';

type Make = typeof customGradient<tf.Tensor>;

/** x³ by an operation whose gradient makes tensors on its way, which tells how many there are when it begins. */
function cube(make: Make, alive: number[]): (x: tf.Tensor) => tf.Tensor {
  return make((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.mul(x, tf.square(x)),
      gradFunc: (dy, saved) => {
        alive.push(tf.memory().numTensors);
        const [at] = saved as [tf.Tensor];
        return tf.mul(dy, tf.mul(tf.square(at), 3));
      },
    };
  });
}

async function slopeOf(make: Make): Promise<{ slope: number; grown: number[] }> {
  const alive: number[] = [];
  const power = cube(make, alive);
  const slope = tf.grad((x) => power(power(power(x))))(tf.scalar(1.01));
  const grown = alive.slice(1).map((count, n) => count - (alive[n] ?? NaN));
  return { slope: (await slope.data())[0] ?? NaN, grown };
}

describe('an operation with its own gradient', () => {
  beforeAll(() => useBackend('cpu'));

  it('gives the slope, and keeps nothing of what it made on the way there', async () => {
    const { slope, grown } = await slopeOf(customGradient);
    expect(slope).toBeCloseTo(27 * 1.01 ** 26, 4);
    // The gradient itself, and a dy that TensorFlow.js keeps for each operation.
    expect(Math.max(...grown)).toBeLessThanOrEqual(1);
  });

  it('which those of TensorFlow.js do until the end: the reason for ours', async () => {
    const { slope, grown } = await slopeOf(tf.customGrad);
    expect(slope).toBeCloseTo(27 * 1.01 ** 26, 4);
    expect(Math.min(...grown)).toBeGreaterThan(1);
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const power = cube(customGradient, []);
      return tf.dispose(tf.grad((x) => power(x))(tf.scalar(2)));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
