import * as tf from '@tensorflow/tfjs';
import { derivedSeed } from '../../pipeline/core/seed.js';
import type { Model, NetworkName } from './model.js';
import type { GeneratorShape } from './networks/generator.js';
import { encodedMap } from './networks/map-encoder.js';
import { noiseMap } from './networks/noise-map.js';
import type { Weights } from './networks/parameters.js';
import type { ObjectiveOptions } from './objective-options.js';

/** Half of a step: the way there and back that begins in one domain; of CUT, the translation or the identity. */
export interface GradientRequest {
  readonly step: number;
  readonly task: number;
  readonly batch: number;
  /** The side of the pictures in pixels. */
  readonly crop: number;
  /** [batch, crop, crop, 3], −1 to 1. */
  readonly own: Float32Array;
  readonly other: Float32Array;
  /** [batch, crop, crop, 1] */
  readonly ownWeights?: Float32Array | undefined;
  readonly otherWeights?: Float32Array | undefined;
  /** A translation of an earlier step that the discriminator sees in place of the new one. */
  readonly stored?: Float32Array | undefined;
  /** For an encoder: a picture of the other domain for each sample, [samples, crop, crop, 3], and one of the own domain. */
  readonly mapPictures?: { readonly there: Float32Array; readonly back: Float32Array } | undefined;
}

export type WeightsOf = (name: NetworkName) => Weights;

/** The fourth channels [N, S, S, 1] of Bayesian generators; undefined for a generator that takes none. */
interface SceneMaps {
  /** One a Monte-Carlo sample. */
  readonly there: readonly (tf.Tensor4D | undefined)[];
  /** Of all ways back. */
  readonly back: tf.Tensor4D | undefined;
}

/** What one task of a step looks at: pictures of its domain, [N, S, S, 3] from −1 to 1, and of the other one. */
export interface Scene {
  readonly shape: GeneratorShape;
  readonly options: ObjectiveOptions;
  readonly own: tf.Tensor4D;
  readonly other: tf.Tensor4D;
  /** Weights of the pixels, [N, S, S, 1]; none where all count the same. */
  readonly ownWeights: tf.Tensor4D | undefined;
  readonly otherWeights: tf.Tensor4D | undefined;
  maps(weights: WeightsOf): SceneMaps;
  /** The networks of this task: what translates, what undoes it, what tells real ones of the other and the own domain. */
  readonly names: {
    readonly there: NetworkName;
    readonly back: NetworkName;
    readonly judge: NetworkName;
    readonly ownJudge: NetworkName;
  };
  /** Encoders of the maps: none where maps are noise. */
  readonly encoders: readonly { readonly name: NetworkName; readonly way: 'there' | 'back' }[];
  /** Remembers a part of the loss for people. */
  note(name: string, value: tf.Scalar): void;
}

/** What decides on the scenes of a training. */
export interface SceneSetup {
  readonly options: ObjectiveOptions;
  /** Monte-Carlo samples of the map. */
  readonly samples: number;
  readonly seed: number;
}

/** A scene with the tensors that it holds; `dispose` lets go of all of them. */
export function openScene(
  model: Model,
  setup: SceneSetup,
  request: GradientRequest,
  note: Scene['note'],
): Scene & { dispose(): void } {
  const { batch, crop, task } = request;
  const held: tf.Tensor[] = [];
  const hold = (tensor: tf.Tensor4D): tf.Tensor4D => {
    held.push(tensor);
    return tensor;
  };
  const picture = (values: Float32Array, channels: number): tf.Tensor4D =>
    hold(tf.tensor4d(values, [batch, crop, crop, channels]));
  const forward = task === 0 || model.mode === 'cut';
  return {
    shape: model.generator,
    options: setup.options,
    own: picture(request.own, 3),
    other: picture(request.other, 3),
    ownWeights: request.ownWeights && picture(request.ownWeights, 1),
    otherWeights: request.otherWeights && picture(request.otherWeights, 1),
    ...mapsOf(model, setup, request, hold),
    names: forward
      ? { there: 'forward', back: 'back', judge: 'judgeTarget', ownJudge: 'judgeSource' }
      : { there: 'back', back: 'forward', judge: 'judgeSource', ownJudge: 'judgeTarget' },
    note,
    dispose: () => tf.dispose(held),
  };
}

function mapsOf(
  { mode, encoder }: Model,
  { options, samples, seed }: SceneSetup,
  { step, task, batch, crop, mapPictures }: GradientRequest,
  hold: (tensor: tf.Tensor4D) => tf.Tensor4D,
): Pick<Scene, 'maps' | 'encoders'> {
  if (mode !== 'bayesian') return { maps: () => ({ there: [undefined], back: undefined }), encoders: [] };
  if (encoder) {
    if (!mapPictures) throw new Error('there are no pictures for the encoders');
    const area = crop * crop * 3;
    const one = (values: Float32Array): tf.Tensor4D => hold(tf.tensor4d(values, [1, crop, crop, 3]));
    const there = Array.from({ length: samples }, (_, n) =>
      one(mapPictures.there.subarray(n * area, (n + 1) * area)),
    );
    const back = one(mapPictures.back);
    // The map of a way shows a picture of the domain that it leads to.
    const [thereName, backName]: [NetworkName, NetworkName] =
      task === 0 ? ['mapTarget', 'mapSource'] : ['mapSource', 'mapTarget'];
    return {
      maps: (weights) => ({
        there: there.map((x) => encodedMap(weights(thereName), encoder.width, x, batch)),
        back: encodedMap(weights(backName), encoder.width, back, batch),
      }),
      encoders: [
        { name: thereName, way: 'there' },
        { name: backName, way: 'back' },
      ],
    };
  }
  const draw = (of: number, sample: number): tf.Tensor4D =>
    hold(noiseMap(derivedSeed(seed, 'noise', step, of, sample), batch, crop, crop));
  const there = Array.from({ length: samples }, (_, sample) => draw(task, sample));
  // The published code closes all cycles with the last map of the other way.
  const back = options.variant === 'paper' ? draw(1 - task, samples - 1) : there.at(-1);
  return { maps: () => ({ there, back }), encoders: [] };
}
