import * as tf from '@tensorflow/tfjs';
import { parseCfg, type DarknetCfg } from '../lib/darknet/cfg.js';
import { findObjects, type FindOptions, type FoundObject } from '../lib/darknet/find-objects.js';
import { layoutOf, type NetworkLayout } from '../lib/darknet/layout.js';
import { forwardForTraining, predictorOf, tensorsOf } from '../lib/darknet/network.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { useBackend, type ComputeBackend } from '../lib/tensors/backend.js';
import type { BackendChoice } from '../lib/tensors/backend-choice.js';
import type { BatchStatistics } from '../lib/tensors/layers.js';
import {
  squareSums,
  sumInto,
  updateParameters,
  type OptimizerRule,
  type UpdateRange,
} from '../lib/tensors/optimizers.js';
import { forgetFailedGradient, isOutOfMemory } from '../lib/tensors/out-of-memory.js';
import type { AugmentParams } from './augment-params.js';
import { tooLargeBatch } from './fitting-batch.js';
import { lossOfHeads } from './loss-of-heads.js';
import type { LossOptions, LossParts } from './loss.js';
import { prepareSample, type TrainingSample } from './prepare-sample.js';

/** The vectors that all workers share, each as long as the network's layout. */
export interface SharedVectors {
  readonly parameters: Float32Array;
  /** Moving average of the parameters: what is validated and kept. */
  readonly average: Float32Array;
  readonly slots: readonly Float32Array[];
  /** One a shard: gradients of what is trained, then the batch's statistics. */
  readonly gradients: readonly Float32Array[];
}

export interface TaskSetup {
  readonly cfgText: string;
  readonly backend: BackendChoice;
  readonly seed: number;
  readonly augment: AugmentParams;
  readonly loss: LossOptions;
  readonly vectors: SharedVectors;
}

export interface GradientRequest {
  readonly shard: number;
  readonly samples: readonly TrainingSample[];
  /** By which the loss is divided: images that one step of the optimizer sees. */
  readonly imagesAStep: number;
  /** The network's input for this batch, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly frozenLayers: number;
  /** Adds to the shard's vector, for a batch after the first that the optimizer's step sees. */
  readonly add: boolean;
}

/** A part of the vectors, for one worker. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface UpdateRequest extends Part {
  readonly rule: OptimizerRule;
  readonly rate: number;
  /** Since the optimizer began. */
  readonly step: number;
  /** Of the old average in the new one. */
  readonly averageDecay: number;
  /** Of the old running statistics in the new ones. */
  readonly statisticsDecay: number;
  readonly frozenLayers: number;
  /** Batches whose statistics stand in each shard's vector, added up. */
  readonly batches: number;
  /** The first shard's vector holds the sum of all already: squares() was called. */
  readonly summed: boolean;
  /** What the gradient is multiplied by: less than 1 where it is clipped. */
  readonly shrink: number;
}

/** What one worker does: its shards' gradients, its part of the update, its images of the validation. */
export class ShardTask {
  readonly #setup: TaskSetup;
  readonly #cfg: DarknetCfg;
  readonly #layout: NetworkLayout;
  readonly backend: ComputeBackend;

  private constructor(setup: TaskSetup, backend: ComputeBackend) {
    this.#setup = setup;
    this.#cfg = parseCfg(setup.cfgText, 'model.cfg');
    this.#layout = layoutOf(this.#cfg);
    this.backend = backend;
  }

  static async start(setup: TaskSetup): Promise<ShardTask> {
    return new ShardTask(setup, await useBackend(setup.backend));
  }

  /**
   * Forward and backward over a shard; gradients and statistics go to the shard's vector.
   * @throws UserError that names a batch that fits, when this one does not
   */
  async gradients(request: GradientRequest): Promise<LossParts> {
    try {
      return await this.#differentiate(request);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      const { samples, width, height } = request;
      const shards = this.#setup.vectors.gradients.length;
      const attempt = (images: number): Promise<LossParts> =>
        this.#differentiate({ ...request, samples: samples.slice(0, images), add: false });
      throw await tooLargeBatch({ images: samples.length, shards, width, height }, attempt);
    }
  }

  async #differentiate(request: GradientRequest): Promise<LossParts> {
    const { shard, samples, width, height, frozenLayers, add } = request;
    const { vectors, seed, augment, loss } = this.#setup;
    const target = vectors.gradients[shard];
    if (!target) throw new Error(`there is no shard ${shard}`);
    const size = height * width * 3;
    const pixels = new Float32Array(samples.length * size);
    const truths = samples.map((sample, n) =>
      prepareSample(pixels.subarray(n * size, (n + 1) * size), width, height, sample, seed, augment),
    );
    const observed = new Map<number, BatchStatistics>();
    const held: tf.Tensor[] = [];
    try {
      const input = tf.tensor4d(pixels, [samples.length, height, width, 3]);
      held.push(input);
      const parameters = tf.tidy(() => tensorsOf(this.#layout, vectors.parameters));
      held.push(...parameters);
      let parts: LossParts = { box: 0, objectness: 0, classes: 0 };
      const { segments, trainedLength } = this.#layout;
      const trained = [...segments.keys()].filter((i) => {
        const segment = segments[i];
        return segment && segment.offset < trainedLength && segment.layer >= frozenLayers;
      });
      // What is read of a GPU is waited for, which no gradient's pass can: the heads are computed once more for it.
      const raw = this.backend.readsAtOnce
        ? undefined
        : await this.#rawHeads(parameters, input, frozenLayers);
      const gradientOf = tf.valueAndGrads((...trainable: tf.Tensor[]) => {
        const all = [...parameters];
        for (const [k, i] of trained.entries()) all[i] = trainable[k] ?? all[i] ?? tf.scalar(0);
        const observe = (layer: number, statistics: BatchStatistics): void =>
          void observed.set(layer, statistics);
        const heads = forwardForTraining(this.#cfg, this.#layout, all, input, observe, frozenLayers);
        return lossOfHeads(this.#cfg, heads, {
          size: { width, height },
          truths,
          scale: 1 / request.imagesAStep,
          options: loss,
          raw,
          report: (value) => (parts = value),
        });
      });
      const { value, grads } = gradientOf(trained.map((i) => parameters[i] ?? tf.scalar(0)));
      held.push(value, ...grads);
      const put = async (tensor: tf.Tensor, offset: number): Promise<void> => {
        const values = await tensor.data<'float32'>();
        if (!add) target.set(values, offset);
        else for (let i = 0; i < values.length; i++) target[offset + i] = (target[offset + i] as number) + (values[i] as number); // prettier-ignore
      };
      for (const [k, gradient] of grads.entries())
        await put(gradient, segments[trained[k] ?? 0]?.offset ?? 0);
      for (const { layer, role, offset } of segments) {
        if (offset < trainedLength) continue;
        const statistics = observed.get(layer);
        const tensor = role === 'mean' ? statistics?.mean : statistics?.variance;
        if (tensor) await put(tensor, offset);
      }
      return parts;
    } catch (error) {
      forgetFailedGradient();
      throw error;
    } finally {
      for (const { mean, variance } of observed.values()) tf.dispose([mean, variance]);
      tf.dispose(held);
    }
  }

  /** The heads' numbers by a forward pass of its own. */
  async #rawHeads(
    parameters: readonly tf.Tensor[],
    input: tf.Tensor4D,
    frozenLayers: number,
  ): Promise<Float32Array[]> {
    const heads = tf.tidy(() => {
      const forget = (_: number, { mean, variance }: BatchStatistics): void => tf.dispose([mean, variance]);
      return forwardForTraining(this.#cfg, this.#layout, parameters, input, forget, frozenLayers);
    });
    const values = await Promise.all(heads.map((head) => head.data<'float32'>()));
    tf.dispose(heads);
    return values;
  }

  /** Adds the shards' vectors up into the first. @returns the squares' sums of what is trained, chunk by chunk */
  squares({ from, to, frozenLayers }: Part & { readonly frozenLayers: number }): number[] {
    const { gradients } = this.#setup.vectors;
    const sum = sumInto(gradients, from, to);
    const still = this.#layout.segments.filter(
      ({ layer, offset }) => layer < frozenLayers || offset >= this.#layout.trainedLength,
    );
    if (still.length === 0) return squareSums(sum, from, to);
    // What is frozen has no gradient, and statistics are none.
    const trained = sum.slice(from, to);
    for (const { offset, length } of still)
      if (offset < to && offset + length > from)
        trained.fill(0, Math.max(0, offset - from), Math.min(to, offset + length) - from);
    return squareSums(trained, 0, trained.length);
  }

  /** Sums the shards and takes the optimizer's step for a part of the vectors; then statistics and averages. */
  update(request: UpdateRequest): void {
    const { vectors } = this.#setup;
    const { parameters, average, slots } = vectors;
    const gradients = request.summed ? vectors.gradients.slice(0, 1) : vectors.gradients;
    const seen = vectors.gradients.length * request.batches;
    const ranges: UpdateRange[] = [];
    for (const { layer, role, offset, length } of this.#layout.segments) {
      const from = Math.max(offset, request.from);
      const to = Math.min(offset + length, request.to);
      if (from >= to || layer < request.frozenLayers) continue;
      if (offset < this.#layout.trainedLength) ranges.push({ from, to, decays: role === 'kernel' });
      else
        for (let i = from; i < to; i++) {
          let sum = 0;
          for (const gradient of gradients) sum += gradient[i] as number;
          const old = parameters[i] as number;
          parameters[i] = old + (1 - request.statisticsDecay) * (sum / seen - old);
        }
    }
    updateParameters(request.rule, parameters, gradients, slots, ranges, request.rate, request.step, request.shrink); // prettier-ignore
    const share = 1 - request.averageDecay;
    for (let i = request.from; i < request.to; i++) {
      const old = average[i] as number;
      average[i] = old + share * ((parameters[i] as number) - old);
    }
  }

  /** What the averaged network finds in images, a few at a time. */
  async find(images: readonly RgbImage[], options: FindOptions): Promise<FoundObject[][]> {
    const predictor = predictorOf(this.#cfg, this.#layout, this.#setup.vectors.average);
    const found: FoundObject[][] = [];
    for (let start = 0; start < images.length; start += 4)
      found.push(...(await findObjects(predictor, images.slice(start, start + 4), options)));
    predictor.dispose();
    return found;
  }
}
