import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialModel, modelOf, type Model, type NetworkName } from '../../../stages/cyclegan/model.js';
import { judge } from '../../../stages/cyclegan/networks/discriminator.js';
import { weightTensors, type Weights } from '../../../stages/cyclegan/networks/parameters.js';
import type { ObjectiveOptions } from '../../../stages/cyclegan/objective-options.js';
import {
  cycleObjective,
  judgeObjective,
  reconstructionJudgeObjective,
} from '../../../stages/cyclegan/objectives.js';
import { openScene, type GradientRequest, type WeightsOf } from '../../../stages/cyclegan/scene.js';
import { useBackend } from '../../../stages/lib/tensors/backend.js';

const crop = 24;
const samples = 3;
const base: ObjectiveOptions = {
  mode: 'bayesian',
  variant: 'paper',
  adversarial: 'lsgan',
  cycle: 10,
  gamma: 0,
  identity: 0,
  patches: 1,
  patchCount: 4,
  temperature: 0.07,
};

const valueOf = (tensor: tf.Tensor): number => tensor.dataSync()[0] ?? NaN;
/** The mean of (x − wanted)² over a discriminator's numbers, in double precision. */
function meanSquare(scores: tf.Tensor, wanted: number): number {
  const values = [...scores.dataSync()];
  return values.reduce((sum, value) => sum + (value - wanted) ** 2, 0) / values.length;
}

/** Smooth ones: over noise, losses have so many kinks that finite differences say little. */
function pictures(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count * crop * crop * 3 }, (_, i) => Math.sin(i / 50 + seed));
}

const request = (task: number): GradientRequest => ({
  step: 4,
  task,
  batch: 1,
  crop,
  own: pictures(1, 1 + task),
  other: pictures(1, 2 - task),
  mapPictures: { there: pictures(samples, 7), back: pictures(1, 8) },
});

const networks = (model: Model, values = initialModel(model, 5)): WeightsOf => {
  const weights = new Map<NetworkName, Weights>();
  for (const { name, layout, offset } of model.networks)
    weights.set(name, weightTensors(layout, values, offset));
  return (name) => weights.get(name) ?? new Map<string, tf.Tensor>();
};

describe('the losses of Bayesian CycleGAN', () => {
  beforeAll(() => useBackend('wasm'));
  const shape = { mode: 'bayesian', width: 4, judgeWidth: 4, blocks: 1 } as const;

  /** The loss of the ways there and back, its parts, and what was made. */
  function cycle(options: Partial<ObjectiveOptions>, task = 0) {
    const model = modelOf(shape);
    const notes: Record<string, number> = {};
    const undone: tf.Tensor4D[] = [];
    const scene = openScene(
      model,
      { options: { ...base, ...options }, samples, seed: 9 },
      request(task),
      (name, value) => {
        notes[name] = valueOf(value);
      },
    );
    const weights = networks(model);
    const loss = valueOf(cycleObjective(scene, weights, (_, back) => void undone.push(back)));
    return { scene, weights, loss, notes, undone };
  }

  it('γ adds what the own domain’s discriminator says of pictures that went there and back', () => {
    const without = cycle({});
    const { scene, weights, loss, undone } = cycle({ gamma: 0.5 });
    expect(undone).toHaveLength(samples);
    expect(scene.names.ownJudge).toBe('judgeSource');
    const passed = undone.map((back) => meanSquare(judge(weights('judgeSource'), back), 1));
    const mean = passed.reduce((sum, one) => sum + one, 0) / samples;
    expect(loss - without.loss).toBeCloseTo(0.5 * mean, 4);
    expect(without.notes['cycle generator']).toBeUndefined();
  });

  it.each([
    ['paper', samples],
    ['sane', 1],
  ] as const)(
    'γ of a discriminator: half of the real ones (%s: %i times), half of the mean',
    (variant, times) => {
      const { scene, weights, undone, notes } = cycle({ gamma: 0.5, variant }, 1);
      const found = valueOf(reconstructionJudgeObjective(scene, weights, undone));
      const network = weights('judgeTarget');
      const real = meanSquare(judge(network, scene.own), 1);
      const made = undone.map((back) => meanSquare(judge(network, back), 0));
      const loss = 0.5 * (times * real + made.reduce((sum, one) => sum + one, 0) / samples);
      expect(notes['cycle discriminator']).toBeCloseTo(loss, 4);
      expect(found).toBeCloseTo(0.5 * loss, 4);
      expect(valueOf(judgeObjective(scene, weights, undone))).not.toBeCloseTo(loss, 4);
    },
  );

  it('paper sums the cycles over the samples and closes them with the last map of the other way', () => {
    const paper = cycle({});
    const sane = cycle({ variant: 'sane' });
    expect(paper.loss).toBeCloseTo((paper.notes['generator'] ?? NaN) + 10 * (paper.notes['cycle'] ?? NaN), 3);
    expect((paper.notes['cycle'] ?? NaN) / (sane.notes['cycle'] ?? NaN)).toBeCloseTo(samples, 0);
    const backOf = (one: ReturnType<typeof cycle>) => one.scene.maps(one.weights).back?.dataSync();
    const lastOf = (one: ReturnType<typeof cycle>) => one.scene.maps(one.weights).there.at(-1)?.dataSync();
    expect(backOf(paper)).toEqual(lastOf(cycle({}, 1)));
    expect(backOf(sane)).toEqual(lastOf(sane));
  });

  it('an encoder’s map has the slope of finite differences', () => {
    const model = modelOf({ ...shape, encoderWidth: 4 });
    const options = { ...base, gamma: 0.5 };
    const scene = openScene(model, { options, samples, seed: 9 }, request(0), () => undefined);
    expect(scene.encoders.map(({ name }) => name)).toEqual(['mapTarget', 'mapSource']);
    const weights = networks(model);
    for (const name of ['mapTarget', 'mapSource'] as const) {
      const kernel = weights(name).get('last.kernel');
      if (!kernel) throw new Error('an encoder has a last convolution');
      const loss = (moved: tf.Tensor): tf.Scalar => {
        const changed = new Map(weights(name)).set('last.kernel', moved);
        return cycleObjective(
          scene,
          (one) => (one === name ? changed : weights(one)),
          () => undefined,
        );
      };
      const slope = tf.grad(loss)(kernel);
      const steepness = valueOf(tf.norm(slope));
      // Along the steepest way the difference is the slope's length.
      const along = tf.mul(slope, 0.0003 / steepness);
      const difference =
        (valueOf(loss(tf.add(kernel, along))) - valueOf(loss(tf.sub(kernel, along)))) / 0.0006;
      expect(steepness).toBeGreaterThan(1);
      expect(Math.abs(difference / steepness - 1)).toBeLessThan(0.03);
    }
  });
});
