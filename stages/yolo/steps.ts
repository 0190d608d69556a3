import type { NetworkLayout } from '../lib/darknet/layout.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import type { LabelledImages } from './batches.js';
import type { LossParts } from './loss.js';
import type { YoloTrainParams } from './params.js';
import type { TrainingSample } from './shard-task.js';
import { VALIDATION_FIND, validationAp50 } from './validate.js';
import type { ShardWorker } from './worker-pool.js';

/** The running statistics of the normalisations move by a twentieth a step: trainings here are short. */
const STATISTICS_DECAY = 0.95;

/** One step: gradients of all shards, then the update, each by all workers at once. */
export async function takeStep(
  workers: readonly ShardWorker[],
  samples: readonly TrainingSample[],
  params: YoloTrainParams,
  layout: NetworkLayout,
  rate: number,
  step: number,
): Promise<LossParts[]> {
  const size = params.batch / params.shards;
  const shards = Array.from({ length: params.shards }, (_, shard) =>
    samples.slice(Math.round(shard * size), Math.round((shard + 1) * size)),
  );
  const parts = await Promise.all(
    workers.map(async (worker, w) => {
      const own = [];
      for (let shard = w; shard < shards.length; shard += workers.length)
        own.push({ shard, parts: await worker.gradients(shard, shards[shard] ?? [], samples.length) });
      return own;
    }),
  );
  // A young average would remember the start for too long: its memory grows with it.
  const averageDecay = Math.min(params.averageDecay, (1 + step) / (10 + step));
  await Promise.all(
    workers.map((worker, w) =>
      worker.update({
        from: Math.floor((layout.length * w) / workers.length),
        to: Math.floor((layout.length * (w + 1)) / workers.length),
        rate,
        step,
        averageDecay: params.averageDecay === 0 ? 0 : averageDecay,
        statisticsDecay: Math.min(STATISTICS_DECAY, (1 + step) / (10 + step)),
      }),
    ),
  );
  return parts
    .flat()
    .sort((a, b) => a.shard - b.shard)
    .map((own) => own.parts);
}

/** AP50 of the averaged network; the images are dealt out to the workers. */
export async function validate(
  workers: readonly ShardWorker[],
  images: readonly RgbImage[],
  labelled: LabelledImages,
): Promise<number> {
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
  return validationAp50(found.flat(), truths, labelled.classes.length);
}
