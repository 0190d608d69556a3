import * as tf from '@tensorflow/tfjs';
import { generate, generatorLayout, type GeneratorShape } from '../networks/generator.js';
import { weightTensors } from '../networks/parameters.js';

/** A generator that is ready to work. */
export interface GeneratorRunner {
  readonly shape: GeneratorShape;
  /**
   * @param x [height, width, inputChannels], −1 to 1; sides are multiples of 4
   * @returns [height, width, outputChannels], −1 to 1
   */
  run(x: Float32Array, height: number, width: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** On TensorFlow.js's present backend. @param values hold the generator's numbers from `offset` on */
export function tensorRunner(shape: GeneratorShape, values: Float32Array, offset = 0): GeneratorRunner {
  const weights = weightTensors(generatorLayout(shape), values, offset);
  return {
    shape,
    async run(x, height, width) {
      const result = tf.tidy(() =>
        generate(weights, shape, tf.tensor4d(x, [1, height, width, shape.inputChannels])),
      );
      const made = Float32Array.from(await result.data<'float32'>());
      result.dispose();
      return made;
    },
    dispose: () => Promise.resolve(tf.dispose([...weights.values()])),
  };
}
