import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../../pipeline/core/seed.js';
import { generatorLoss } from './losses.js';
import { judge } from './networks/discriminator.js';
import { encode, generate } from './networks/generator.js';
import { describePatches, pickPatches } from './networks/patch-heads.js';
import type { Scene, WeightsOf } from './scene.js';
import { patchLoss } from './patch-loss.js';

/** Descriptions of a picture's patches, a tensor [P, 256] a tap. */
type Described = readonly tf.Tensor2D[];

/**
 * What CUT's generator loses (Park et al. 2020): where it is found out, and where a patch of the translation is not
 * found again at its place of the original.
 * @param places draws pixels of a tap's features
 * @param made   is handed the translation
 */
export function contrastiveObjective(
  scene: Scene,
  weights: WeightsOf,
  keys: Described,
  places: PatchPlaces,
  made: (fake: tf.Tensor4D) => void,
): tf.Scalar {
  const { shape, options, own } = scene;
  const fake = generate(weights('forward'), shape, own);
  made(fake);
  const fooled = generatorLoss(options.adversarial, judge(weights('judgeTarget'), fake));
  const lost = lostPatches(scene, weights, fake, keys, places);
  scene.note('generator', fooled);
  scene.note('patches', lost);
  return tf.add(fooled, tf.mul(lost, options.patches));
}

/** CUT's identity: the same of a picture that is of the target domain already; the two halve λ between them. */
export function contrastiveIdentity(
  scene: Scene,
  weights: WeightsOf,
  keys: Described,
  places: PatchPlaces,
): tf.Scalar {
  const same = generate(weights('forward'), scene.shape, scene.other);
  const lost = lostPatches(scene, weights, same, keys, places);
  scene.note('identity', lost);
  return tf.mul(lost, scene.options.patches);
}

/** Draws the pixels of each tap once, so that translation and original are compared at the same places. */
export class PatchPlaces {
  readonly #drawn = new Map<number, Int32Array>();

  /** @param names what the draw is a function of */
  constructor(
    private readonly count: number,
    private readonly names: readonly [number, ...(number | string)[]],
  ) {}

  of(tap: number, pixels: number): Int32Array {
    const known = this.#drawn.get(tap);
    if (known) return known;
    const [seed, ...rest] = this.names;
    const random = new RandomStream(seed, 'patches', ...rest, tap);
    const chosen = new Set<number>();
    while (chosen.size < Math.min(this.count, pixels)) chosen.add(random.integer(0, pixels - 1));
    const drawn = Int32Array.from(chosen);
    this.#drawn.set(tap, drawn);
    return drawn;
  }
}

/** Descriptions of a picture's patches at all taps. */
export function describe(
  scene: Scene,
  weights: WeightsOf,
  picture: tf.Tensor4D,
  places: PatchPlaces,
): tf.Tensor2D[] {
  const described: tf.Tensor2D[] = [];
  encode(weights('forward'), scene.shape, picture, (features) => {
    const tap = described.length;
    const [, height, width] = features.shape;
    const picked = pickPatches(features, places.of(tap, height * width));
    described.push(describePatches(weights('heads'), tap, picked));
  });
  return described;
}

function lostPatches(
  scene: Scene,
  weights: WeightsOf,
  picture: tf.Tensor4D,
  keys: Described,
  places: PatchPlaces,
): tf.Scalar {
  const queries = describe(scene, weights, picture, places);
  let sum: tf.Scalar = tf.scalar(0);
  for (const [tap, query] of queries.entries()) {
    const key = keys[tap];
    if (key) sum = tf.add(sum, patchLoss(query, key, scene.options.temperature));
  }
  return tf.mul(sum, 1 / queries.length);
}
