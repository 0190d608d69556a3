import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../stages/lib/tensors/backend.js';
import type { BackendChoice } from '../../stages/lib/tensors/backend-choice.js';

export type Shape4 = [number, number, number, number];

/** Input and filter gradients of a convolution on one backend, as plain numbers. */
export async function convolutionGradients(
  backend: BackendChoice,
  xShape: Shape4,
  filterShape: Shape4,
  stride: number,
  pad: 'same' | 'valid',
): Promise<{ dx: Float32Array; dw: Float32Array }> {
  await useBackend(backend);
  const x = tf.tensor(waves(xShape, 0.37), xShape);
  const filter = tf.tensor(waves(filterShape, 0.91), filterShape);
  const [dx, dw] = tf.grads((image, kernel) => {
    const y = tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);
    return y.mul(tf.tensor(waves(y.shape, 0.53), y.shape)).sum();
  })([x, filter]);
  const result = { dx: (await dx?.data()) as Float32Array, dw: (await dw?.data()) as Float32Array };
  tf.dispose([x, filter, dx, dw].filter((tensor) => tensor !== undefined));
  return result;
}

/** Numbers that repeat nowhere, of any shape. */
export function waves(shape: readonly number[], frequency: number): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin(i * frequency + 0.1 * frequency));
}

/** The largest difference, relative to 1 + the wanted number. @throws where lengths differ */
export function worstDifference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length)
    throw new Error(`${actual.length} numbers instead of ${wanted.length}`);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const own = wanted[i] ?? NaN;
    worst = Math.max(worst, Math.abs((actual[i] ?? NaN) - own) / (1 + Math.abs(own)));
  }
  return worst;
}
