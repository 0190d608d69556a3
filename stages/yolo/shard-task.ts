import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../../pipeline/core/seed.js';
import { parseCfg, type DarknetCfg } from '../lib/darknet/cfg.js';
import { yoloLayers } from '../lib/darknet/decode.js';
import { findObjects, type FindOptions, type FoundObject } from '../lib/darknet/find-objects.js';
import { layoutOf, type NetworkLayout } from '../lib/darknet/layout.js';
import { forwardForTraining, predictorOf, tensorsOf } from '../lib/darknet/network.js';
import {
  augmentInto,
  augmentObjects,
  drawAugmentation,
  type AugmentOptions,
  type FlatObjects,
} from '../lib/imaging/augment.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { useBackend, type ComputeBackend } from '../lib/tensors/backend.js';
import type { BackendChoice } from '../lib/tensors/backend-choice.js';
import type { BatchStatistics } from '../lib/tensors/layers.js';
import { updateParameters, type OptimizerRule, type UpdateRange } from '../lib/tensors/optimizers.js';
import type { ImageTruth } from './assign.js';
import { headLoss, type LossParts } from './loss.js';

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
  readonly augment: AugmentOptions;
  readonly optimizer: OptimizerRule;
  readonly vectors: SharedVectors;
}

/** An image to learn from. */
export interface TrainingSample {
  readonly image: RgbImage;
  /** In pixels of the image as stored. */
  readonly objects: FlatObjects;
  /** What names its random stream. */
  readonly id: string;
  readonly epoch: number;
}

export interface UpdateRequest {
  /** The part of the vectors that this worker updates. */
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  readonly step: number;
  /** Of the old average in the new one. */
  readonly averageDecay: number;
  /** Of the old running statistics in the new ones. */
  readonly statisticsDecay: number;
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
   * @param batchSize images of the whole batch, by which the loss is divided
   */
  async gradients(shard: number, samples: readonly TrainingSample[], batchSize: number): Promise<LossParts> {
    const { vectors } = this.#setup;
    const target = vectors.gradients[shard];
    if (!target) throw new Error(`there is no shard ${shard}`);
    const { width, height } = this.#cfg;
    const pixels = new Float32Array(samples.length * height * width * 3);
    const truths = samples.map((sample, n) =>
      this.#augmented(sample, pixels.subarray(n * height * width * 3, (n + 1) * height * width * 3)),
    );
    const input = tf.tensor4d(pixels, [samples.length, height, width, 3]);
    const parameters = tensorsOf(this.#layout, vectors.parameters);
    const observed = new Map<number, BatchStatistics>();
    let parts: LossParts = { box: 0, objectness: 0, classes: 0 };
    const trained = this.#layout.segments.filter(({ offset }) => offset < this.#layout.trainedLength).length;
    const gradientOf = tf.valueAndGrads((...trainable: tf.Tensor[]) => {
      const all = [...trainable, ...parameters.slice(trained)];
      const heads = forwardForTraining(this.#cfg, this.#layout, all, input, (layer, statistics) => {
        observed.set(layer, statistics);
      });
      return lossOfHeads(this.#cfg, heads, truths, 1 / batchSize, (value) => (parts = value));
    });
    const { value, grads } = gradientOf(parameters.slice(0, trained));
    for (const [i, gradient] of grads.entries())
      target.set(await gradient.data<'float32'>(), this.#layout.segments[i]?.offset ?? 0);
    for (const { layer, role, offset } of this.#layout.segments.slice(trained)) {
      const statistics = observed.get(layer);
      const tensor = role === 'mean' ? statistics?.mean : statistics?.variance;
      if (tensor) target.set(await tensor.data<'float32'>(), offset);
    }
    for (const { mean, variance } of observed.values()) tf.dispose([mean, variance]);
    tf.dispose([value, ...grads, ...parameters, input]);
    return parts;
  }

  /** Sums the shards and takes the optimizer's step for a part of the vectors; then statistics and averages. */
  update(request: UpdateRequest): void {
    const { vectors, optimizer } = this.#setup;
    const { parameters, average, gradients, slots } = vectors;
    const ranges: UpdateRange[] = [];
    for (const { role, offset, length } of this.#layout.segments) {
      const from = Math.max(offset, request.from);
      const to = Math.min(offset + length, request.to);
      if (from >= to) continue;
      if (offset < this.#layout.trainedLength) ranges.push({ from, to, decays: role === 'kernel' });
      else
        for (let i = from; i < to; i++) {
          let sum = 0;
          for (const gradient of gradients) sum += gradient[i] as number;
          const old = parameters[i] as number;
          parameters[i] = old + (1 - request.statisticsDecay) * (sum / gradients.length - old);
        }
    }
    updateParameters(optimizer, parameters, gradients, slots, ranges, request.rate, request.step);
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

  #augmented(sample: TrainingSample, target: Float32Array): ImageTruth {
    const { image, objects, id, epoch } = sample;
    const { width, height } = this.#cfg;
    const { originalWidth, originalHeight } = image;
    const stream = new RandomStream(this.#setup.seed, 'augment', epoch, id);
    const drawn = drawAugmentation(stream, originalWidth, originalHeight, width, height, this.#setup.augment);
    augmentInto(target, width, height, image, drawn);
    const kept = augmentObjects(objects, originalWidth, originalHeight, width, height, drawn.placement);
    return toShares(kept, width, height);
  }
}

/** Corner boxes in pixels as centre and size in shares of the input. */
function toShares(objects: FlatObjects, width: number, height: number): ImageTruth {
  const boxes = new Float32Array(objects.boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = objects.boxes.subarray(i, i + 4);
    boxes.set([(x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height], i);
  }
  return { boxes, classes: objects.classes };
}

/** The loss as one operation whose gradient is computed with it, on plain numbers: heads are small. */
function lossOfHeads(
  cfg: DarknetCfg,
  heads: readonly tf.Tensor4D[],
  truths: readonly ImageTruth[],
  scale: number,
  report: (parts: LossParts) => void,
): tf.Scalar {
  const operation = tf.customGrad((...args) => {
    const raw = args.slice(0, heads.length) as tf.Tensor4D[];
    const gradients: tf.Tensor[] = [];
    const sum = { box: 0, objectness: 0, classes: 0 };
    for (const [h, layer] of yoloLayers(cfg).entries()) {
      const head = raw[h];
      if (!head) throw new Error(`head ${h} is missing`);
      const grid = { rows: head.shape[1], columns: head.shape[2] };
      const values = head.dataSync<'float32'>();
      const { parts, gradient } = headLoss(layer, values, grid, cfg.width, cfg.height, truths, scale);
      sum.box += parts.box;
      sum.objectness += parts.objectness;
      sum.classes += parts.classes;
      gradients.push(tf.keep(tf.tensor(gradient, head.shape)));
    }
    report(sum);
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] =>
      gradients.map((gradient) => {
        const scaled = tf.mul(gradient, dy);
        gradient.dispose();
        return scaled;
      });
    return { value: tf.scalar(sum.box + sum.objectness + sum.classes), gradFunc };
  });
  return operation(...heads);
}
