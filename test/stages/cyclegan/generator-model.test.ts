import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { generatorModel } from '../../../stages/cyclegan/generator-model.js';
import {
  generate,
  generatorLayout,
  type GeneratorShape,
} from '../../../stages/cyclegan/networks/generator.js';
import { mapEncoderShape } from '../../../stages/cyclegan/networks/map-encoder.js';
import { initialParameters, weightTensors } from '../../../stages/cyclegan/networks/parameters.js';
import { useBackend } from '../../../stages/lib/tensors/backend.js';
import { FastRandom } from '../../../stages/lib/tensors/fast-random.js';

describe('a generator as an ONNX model', () => {
  it.each([
    ['a generator', 'translated', { inputChannels: 3, width: 4, blocks: 2 }],
    ['a generator that takes a map', 'translated', { inputChannels: 4, width: 4, blocks: 2 }],
    ['an encoder', 'map', mapEncoderShape(4)],
  ] as const)('%s makes in ONNX Runtime what it makes here', async (_, output, shape) => {
    await useBackend('cpu');
    const { inputChannels, outputChannels = 3 } = shape as GeneratorShape;
    const layout = generatorLayout(shape);
    const values = initialParameters(layout, 3, 0.2);
    const random = new FastRandom(5);
    for (const { name, offset, length } of layout.segments)
      if (name === 'last.bias') for (let i = 0; i < length; i++) values[offset + i] = random.normal();
    const [height, width] = [12, 20];
    const planes = Float32Array.from({ length: inputChannels * height * width }, () => 2 * random.next() - 1);

    const session = await InferenceSession.create(generatorModel(shape, values, { steps: '7' }));
    const input = new Tensor('float32', planes, [1, inputChannels, height, width]);
    const { [output]: translated } = await session.run({ image: input });
    await session.release();

    const weights = weightTensors(layout, values);
    const x = tf.transpose(tf.tensor4d(planes, [1, inputChannels, height, width]), [0, 2, 3, 1]);
    const expected = tf.transpose(generate(weights, shape, x), [0, 3, 1, 2]).dataSync();
    expect(translated?.dims).toEqual([1, outputChannels, height, width]);
    const found = translated?.data as Float32Array;
    for (const [i, value] of expected.entries())
      expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(1e-4);
  });
});
