import { join } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { writeCheckpoint } from '../lib/tensors/checkpoint.js';
import { slotCount } from '../lib/tensors/optimizers.js';
import { rateAt } from '../lib/tensors/schedules.js';
import { EpochOrder, ImageCache, type LabelledImage, type LabelledImages } from './batches.js';
import { optimizerRule, scheduleOf } from './optimization.js';
import type { YoloTrainParams } from './params.js';
import type { TrainingSample } from './shard-task.js';
import { takeStep, validate } from './steps.js';
import {
  freshState,
  LossSums,
  makeVectors,
  named,
  restore,
  stateAfterEpoch,
  type EpochReport,
} from './training-state.js';
import { startWorkers } from './worker-pool.js';

interface TrainingRequest {
  readonly params: YoloTrainParams;
  readonly cfg: DarknetCfg;
  readonly cfgText: string;
  readonly layout: NetworkLayout;
  readonly start: Float32Array;
  readonly train: LabelledImages;
  readonly validation: LabelledImages;
  readonly seed: number;
  readonly workers: number;
  readonly workDirectory: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onStep: (step: number, steps: number, note: string) => void;
}

export interface Training {
  /** The best by validation. */
  readonly values: Float32Array;
  readonly bestEpoch: number;
  readonly bestAp50: number;
  readonly reports: readonly EpochReport[];
  readonly imagesSeen: number;
  readonly device: string;
}

/**
 * Trains a network, data-parallel over workers: each step, shards of a batch go to the workers, their gradients are
 * summed in a fixed order, and each worker updates its part of the parameters. After each epoch a checkpoint is written;
 * a training that was killed goes on from there and ends as it would have.
 * @throws the signal's reason when it aborts, between steps
 */
export async function trainDetector(request: TrainingRequest): Promise<Training> {
  const { params, layout, train, seed } = request;
  const rule = optimizerRule(params);
  const vectors = makeVectors(request.start, slotCount(rule), params.shards);
  const workers = await startWorkers(Math.min(request.workers, params.shards), {
    cfgText: request.cfgText,
    backend: params.backend,
    seed,
    augment: params.augment,
    optimizer: rule,
    vectors,
  });
  try {
    const file = join(request.workDirectory, 'checkpoint.bin');
    const best = Float32Array.from(request.start);
    let state = (await restore(file, layout, request.log, vectors, best)) ?? freshState(layout);
    const order = new EpochOrder(train.images.length, seed);
    const cache = new ImageCache({ width: 2 * request.cfg.width, height: 2 * request.cfg.height });
    const count = train.images.length;
    const steps = Math.ceil((params.epochs * count) / params.batch);
    const schedule = scheduleOf(params, steps);
    const loadBatch = (step: number): Promise<TrainingSample[]> =>
      Promise.all(
        Array.from({ length: params.batch }, async (_, i) => {
          const { epoch, index } = order.at(step * params.batch + i);
          const { id, objects } = train.images[index] as LabelledImage;
          return { id, epoch, objects, image: await cache.get(train.images[index] as LabelledImage) };
        }),
      );
    const validation = await loadAll(request.validation.images, cache.atMost);
    const sums = new LossSums();
    const epochAt = (step: number): number => Math.floor((step * params.batch) / count);
    let next = state.step < steps ? loadBatch(state.step) : undefined;
    let stopped = false;
    for (let step = state.step; step < steps && !stopped; step++) {
      request.signal.throwIfAborted();
      const started = performance.now();
      const samples = (await next) ?? [];
      next = step + 1 < steps ? loadBatch(step + 1) : undefined;
      next?.catch(() => undefined); // reported when it is awaited
      const rate = rateAt(schedule, step);
      const loss = sums.add(await takeStep(workers, samples, params, layout, rate, step));
      if (!Number.isFinite(loss))
        throw new UserError(`The training diverged: at step ${step + 1} the loss is ${loss}.`, {
          hint: 'Lower optimizer.rate, or lengthen schedule.warmup.',
        });
      const imagesPerSecond = (1000 * params.batch) / (performance.now() - started);
      const epoch = Math.min(params.epochs, epochAt(step) + 1);
      request.onStep(step + 1, steps, `epoch ${epoch}, loss ${loss.toFixed(2)}, ${imagesPerSecond.toFixed(1)} images/s`); // prettier-ignore

      const last = step + 1 === steps;
      const done = last ? params.epochs : epochAt(step + 1);
      if (done === epochAt(step)) continue;
      const { validateEvery } = params;
      const due = last || Math.floor(done / validateEvery) > Math.floor(epochAt(step) / validateEvery);
      const ap50 = due ? await validate(workers, validation, request.validation) : undefined;
      const better = ap50 !== undefined && ap50 > state.bestAp50;
      if (better) best.set(vectors.average);
      state = stateAfterEpoch(state, { epoch: done, ...sums.means(), rate, ap50 }, step + 1);
      request.log(`epoch ${done}: loss ${state.reports.at(-1)?.loss.toFixed(3)}${ap50 === undefined ? '' : `, AP50 ${ap50.toFixed(3)}`}`); // prettier-ignore
      stopped = params.patience !== undefined && state.misses >= params.patience;
      if (stopped) state = { ...state, step: steps };
      await writeCheckpoint(file, { state, vectors: named(vectors, best) });
    }
    const { bestEpoch, bestAp50, reports } = state;
    return {
      values: best,
      bestEpoch,
      bestAp50,
      reports,
      imagesSeen: bestEpoch * count,
      device: `${workers[0]?.device ?? ''}, ${workers.length} worker${workers.length === 1 ? '' : 's'}`,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function loadAll(images: readonly LabelledImage[], atMost: ImageCache['atMost']): Promise<RgbImage[]> {
  const cache = new ImageCache(atMost, Infinity);
  return Promise.all(images.map((image) => cache.get(image)));
}
