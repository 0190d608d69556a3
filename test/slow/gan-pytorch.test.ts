import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discriminatorLayout, judge } from '../../stages/cyclegan/networks/discriminator.js';
import { generate, generatorLayout } from '../../stages/cyclegan/networks/generator.js';
import {
  initialParameters,
  weightTensors,
  type ParameterLayout,
  type Weights,
} from '../../stages/cyclegan/networks/parameters.js';
import { useBackend } from '../../stages/lib/tensors/backend.js';
import { FastRandom } from '../../stages/lib/tensors/fast-random.js';

const one = z.object({
  value: z.array(z.number()),
  x: z.array(z.number()),
  weights: z.record(z.string(), z.array(z.number())),
});
const answerSchema = z.object({ generator: one, discriminator: one });

const shape = { inputChannels: 3, width: 8, blocks: 6 };
const imageShape: [number, number, number, number] = [2, 32, 40, 3];
const random = new FastRandom(5);
const image = Float32Array.from({ length: 2 * 32 * 40 * 3 }, () => 2 * random.next() - 1);

function network(layout: ParameterLayout, seed: number): Float32Array {
  const values = initialParameters(layout, seed, 0.2);
  for (const { shape: sides, offset, length } of layout.segments)
    if (sides.length === 1) for (let i = 0; i < length; i++) values[offset + i] = 0.1 * random.normal();
  return values;
}

const networks = {
  generator: {
    layout: generatorLayout(shape),
    seed: 1,
    run: (w: Weights, x: tf.Tensor4D) => generate(w, shape, x),
  },
  discriminator: { layout: discriminatorLayout(8), seed: 2, run: judge },
};

/** The greatest difference, relative to the greatest number. */
async function differenceOf(
  ours: tf.Tensor | undefined,
  theirs: readonly number[] | undefined,
): Promise<number> {
  const values = await ours?.data<'float32'>();
  expect(values?.length).toBe(theirs?.length);
  const largest = Math.max(...(theirs ?? []).map(Math.abs));
  return Math.max(...(theirs ?? []).map((value, i) => Math.abs(value - (values?.[i] ?? NaN)))) / largest;
}

describe('generator and discriminator beside PyTorch (python3-torch)', () => {
  beforeAll(() => useBackend('wasm'));

  it('are the same forwards and backwards, on the same weights', async () => {
    const question: Record<string, unknown> = {
      x: { shape: imageShape, values: [...image] },
      blocks: shape.blocks,
    };
    const vectors = {
      generator: network(networks.generator.layout, 1),
      discriminator: network(networks.discriminator.layout, 2),
    };
    for (const name of ['generator', 'discriminator'] as const)
      question[name] = Object.fromEntries(
        networks[name].layout.segments.map(({ name: key, shape: sides, offset, length }) => [
          key,
          { shape: sides, values: [...vectors[name].subarray(offset, offset + length)] },
        ]),
      );
    const script = fileURLToPath(new URL('../support/gan-reference.py', import.meta.url));
    const { stdout } = await execa('/usr/bin/python3', [script], { input: JSON.stringify(question) });
    const answer = answerSchema.parse(JSON.parse(stdout));

    for (const name of ['generator', 'discriminator'] as const) {
      const { layout, run } = networks[name];
      const weights = weightTensors(layout, vectors[name]);
      const names = [...weights.keys()];
      const x = tf.tensor4d(image, imageShape);
      let output: tf.Tensor | undefined;
      const { grads } = tf.valueAndGrads((input, ...trained) => {
        const value = run(new Map(names.map((key, k) => [key, trained[k] ?? input])), input as tf.Tensor4D);
        output = tf.keep(value);
        return tf.mean(tf.square(tf.sub(value, 1)));
      })([x, ...weights.values()]);
      expect(await differenceOf(output, answer[name].value)).toBeLessThan(1e-4);
      expect(await differenceOf(grads[0], answer[name].x)).toBeLessThan(1e-4);
      for (const [k, key] of names.entries())
        expect(await differenceOf(grads[k + 1], answer[name].weights[key]), `${name} ${key}`).toBeLessThan(
          1e-4,
        );
    }
  });
});
