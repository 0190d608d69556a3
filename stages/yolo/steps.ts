import { RandomStream } from '../../pipeline/core/seed.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { SQUARES_CHUNK } from '../lib/tensors/optimizers.js';
import type { LabelledImages } from './batches.js';
import type { LossParts } from './loss.js';
import type { YoloTrainParams } from './params.js';
import type { Phase } from './phases.js';
import type { TrainingSample } from './prepare-sample.js';
import type { Part } from './shard-task.js';
import { VALIDATION_FIND, validationOf, type Validation } from './validate.js';
import type { ShardWorker } from './worker-pool.js';

/** The running statistics of the normalisations move by a twentieth a step: trainings here are short. */
const STATISTICS_DECAY = 0.95;

interface StepRequest {
  readonly params: Pick<YoloTrainParams, 'shards' | 'averageDecay'>;
  readonly layout: NetworkLayout;
  readonly phase: Phase;
  /** Counted over the whole training, from 0. */
  readonly step: number;
  readonly rate: number;
  /** The network's input in pixels. */
  readonly size: { readonly width: number; readonly height: number };
}

interface StepOutcome {
  /** A shard of a batch each, in order; their sum is the loss an image of the step. */
  readonly parts: readonly LossParts[];
  /** Length of the gradient before it was clipped; undefined where it is not looked at. */
  readonly gradientNorm: number | undefined;
}

/**
 * One step: gradients of all shards of its batches, then the update, each by all workers at once. A loss that is no number
 * ends it before the update.
 */
export async function takeStep(
  workers: readonly ShardWorker[],
  samples: readonly TrainingSample[],
  { params, layout, phase, step, rate, size }: StepRequest,
): Promise<StepOutcome> {
  const { frozenLayers, accumulate } = phase;
  const parts: LossParts[] = [];
  for (let round = 0; round < accumulate; round++) {
    const batch = samples.slice(round * phase.batch, (round + 1) * phase.batch);
    const shardSize = phase.batch / params.shards;
    const found = await Promise.all(
      workers.map(async (worker, w) => {
        const own = [];
        for (let shard = w; shard < params.shards; shard += workers.length) {
          const request = {
            shard,
            samples: batch.slice(Math.round(shard * shardSize), Math.round((shard + 1) * shardSize)),
            imagesAStep: samples.length,
            ...size,
            frozenLayers,
            add: round > 0,
          };
          own.push({ shard, parts: await worker.gradients(request) });
        }
        return own;
      }),
    );
    parts.push(
      ...found
        .flat()
        .sort((a, b) => a.shard - b.shard)
        .map((own) => own.parts),
    );
  }
  if (!parts.every(({ box, objectness, classes }) => Number.isFinite(box + objectness + classes)))
    return { parts, gradientNorm: undefined };
  const cuts = partsOf(layout.length, workers.length);
  const gradientNorm = phase.clip === undefined ? undefined : await normOf(workers, cuts, frozenLayers);
  const shrink =
    phase.clip === undefined || gradientNorm === undefined ? 1 : Math.min(1, phase.clip / gradientNorm);
  // A young average would remember the start for too long: its memory grows with it.
  const young = (1 + step) / (10 + step);
  await Promise.all(
    workers.map((worker, w) =>
      worker.update({
        ...(cuts[w] ?? { from: 0, to: 0 }),
        rule: phase.rule,
        rate,
        step: step - phase.firstStep,
        averageDecay: params.averageDecay === 0 ? 0 : Math.min(params.averageDecay, young),
        statisticsDecay: Math.min(STATISTICS_DECAY, young),
        frozenLayers,
        batches: accumulate,
        summed: gradientNorm !== undefined,
        shrink,
      }),
    ),
  );
  return { parts, gradientNorm };
}

/** Cuts that do not change with the workers' number where sums depend on them. */
function partsOf(length: number, workers: number): Part[] {
  const chunks = Math.ceil(length / SQUARES_CHUNK);
  const cut = (w: number): number => Math.min(length, Math.floor((chunks * w) / workers) * SQUARES_CHUNK);
  return Array.from({ length: workers }, (_, w) => ({ from: cut(w), to: w + 1 === workers ? length : cut(w + 1) })); // prettier-ignore
}

async function normOf(
  workers: readonly ShardWorker[],
  cuts: readonly Part[],
  frozenLayers: number,
): Promise<number> {
  const sums = await Promise.all(
    workers.map((worker, w) => worker.squares({ ...(cuts[w] ?? { from: 0, to: 0 }), frozenLayers })),
  );
  return Math.sqrt(sums.flat().reduce((sum, value) => sum + value, 0));
}

/** The input of a step in pixels: the cfg's own, or one that multi-scale training draws for a while. */
export function inputSizeAt(
  step: number,
  own: { readonly width: number; readonly height: number },
  multiScale: YoloTrainParams['multiScale'],
  seed: number,
): { readonly width: number; readonly height: number } {
  if (!multiScale) return { width: own.width, height: own.height };
  const { least, most, every } = multiScale;
  const side = 32 * new RandomStream(seed, 'scale', Math.floor(step / every)).integer(least / 32, most / 32);
  const longer = Math.max(own.width, own.height);
  const scaled = (length: number): number => Math.max(32, 32 * Math.round((length * side) / longer / 32));
  return { width: scaled(own.width), height: scaled(own.height) };
}

/** How well the averaged network does; the images are dealt out to the workers. */
export async function validate(
  workers: readonly ShardWorker[],
  images: readonly RgbImage[],
  labelled: LabelledImages,
): Promise<Validation> {
  const found = await Promise.all(
    workers.map((worker, w) =>
      worker.find(
        images.slice(
          Math.floor((images.length * w) / workers.length),
          Math.floor((images.length * (w + 1)) / workers.length),
        ),
        VALIDATION_FIND,
      ),
    ),
  );
  const truths = labelled.images.map((image) => image.objects);
  return validationOf(found.flat(), truths, labelled.classes.length);
}
