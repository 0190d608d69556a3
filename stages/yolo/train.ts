import { join } from 'node:path';
import type { JsonObject } from '../../pipeline/core/json.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import { readCheckpoint, writeCheckpoint } from '../lib/tensors/checkpoint.js';
import { slotCount, type OptimizerRule } from '../lib/tensors/optimizers.js';
import { rateAt, type Schedule } from '../lib/tensors/schedules.js';
import { EpochOrder, ImageCache, type LabelledImage, type LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';
import type { SharedVectors, TrainingSample } from './shard-task.js';
import { VALIDATION_FIND, validationAp50 } from './validate.js';
import { startWorkers, type ShardWorker } from './worker-pool.js';

/** One point of the training's curves. */
export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly box: number;
  readonly objectness: number;
  readonly classes: number;
  readonly rate: number;
  /** Where this epoch was validated. */
  readonly ap50?: number;
}

export interface TrainingRequest {
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

/** Where a training stands, beside its vectors. Randomness needs no state: it is a function of epoch and image. */
interface TrainingState extends JsonObject {
  readonly step: number;
  readonly segments: string;
  readonly bestEpoch: number;
  readonly bestAp50: number;
  readonly misses: number;
  readonly reports: readonly (EpochReport & JsonObject)[];
}

/** The running statistics of the normalisations move by a twentieth a step: trainings here are short. */
const STATISTICS_DECAY = 0.95;

/**
 * Trains a network, data-parallel over workers: each step, shards of a batch go to the workers, their gradients are
 * summed in a fixed order, and each worker updates its part of the parameters. After each epoch a checkpoint is written;
 * a training that was killed goes on from there and ends as it would have.
 * @throws the signal's reason when it aborts, between steps
 */
export async function trainDetector(request: TrainingRequest): Promise<Training> {
  const { params, layout, train, seed } = request;
  const vectors = makeVectors(request);
  const rule = optimizerRule(params);
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
    let state = (await restore(file, request, vectors, best)) ?? freshState(layout);
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
    let sums = { box: 0, objectness: 0, classes: 0, steps: 0 };
    let next = state.step < steps ? loadBatch(state.step) : undefined;
    let stopped = false;
    for (let step = state.step; step < steps && !stopped; step++) {
      request.signal.throwIfAborted();
      const started = performance.now();
      const samples = (await next) ?? [];
      next = step + 1 < steps ? loadBatch(step + 1) : undefined;
      next?.catch(() => undefined); // reported when it is awaited
      const parts = await takeStep(workers, samples, params, layout, rateAt(schedule, step), step);
      for (const part of parts)
        sums = { box: sums.box + part.box, objectness: sums.objectness + part.objectness, classes: sums.classes + part.classes, steps: sums.steps }; // prettier-ignore
      sums.steps++;
      const seconds = (performance.now() - started) / 1000;
      const loss = parts.reduce((sum, part) => sum + part.box + part.objectness + part.classes, 0);
      if (!Number.isFinite(loss))
        throw new UserError(`The training diverged: at step ${step + 1} the loss is ${loss}.`, {
          hint: 'Lower optimizer.rate, or lengthen schedule.warmup.',
        });
      const epochsDone = Math.min(params.epochs, Math.floor(((step + 1) * params.batch) / count));
      request.onStep(step + 1, steps, `epoch ${Math.min(params.epochs, epochsDone + 1)}, loss ${loss.toFixed(2)}, ${(params.batch / seconds).toFixed(1)} images/s`); // prettier-ignore
      const last = step + 1 === steps;
      if (epochsDone === Math.floor((step * params.batch) / count) && !last) continue;
      const due = last || Math.floor(epochsDone / params.validateEvery) > Math.floor(((step * params.batch) / count) / params.validateEvery); // prettier-ignore
      const ap50 = due ? await validate(workers, validation, request.validation) : undefined;
      const mean = (sum: number): number => sum / sums.steps;
      const report = {
        epoch: epochsDone,
        loss: mean(sums.box + sums.objectness + sums.classes),
        box: mean(sums.box),
        objectness: mean(sums.objectness),
        classes: mean(sums.classes),
        rate: rateAt(schedule, step),
        ...(ap50 === undefined ? {} : { ap50 }),
      };
      sums = { box: 0, objectness: 0, classes: 0, steps: 0 };
      const better = ap50 !== undefined && ap50 > state.bestAp50;
      if (better) best.set(vectors.average);
      state = {
        ...state,
        step: step + 1,
        bestEpoch: better ? epochsDone : state.bestEpoch,
        bestAp50: better ? ap50 : state.bestAp50,
        misses: better ? 0 : state.misses + (ap50 === undefined ? 0 : 1),
        reports: [...state.reports, report],
      };
      request.log(`epoch ${epochsDone}: loss ${report.loss.toFixed(3)}${ap50 === undefined ? '' : `, AP50 ${ap50.toFixed(3)}`}`); // prettier-ignore
      stopped = params.patience !== undefined && state.misses >= params.patience;
      const finished = stopped ? { ...state, step: steps } : state;
      await writeCheckpoint(file, { state: finished, vectors: named(vectors, best) });
    }
    const { bestEpoch, bestAp50, reports } = state;
    return {
      values: best,
      bestEpoch,
      bestAp50,
      reports,
      imagesSeen: reports.length === 0 ? 0 : Math.min(steps, state.step) * params.batch,
      device: `${workers[0]?.device ?? ''}, ${workers.length} worker${workers.length === 1 ? '' : 's'}`,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** One step: gradients of all shards, then the update, each by all workers at once. */
async function takeStep(
  workers: readonly ShardWorker[],
  samples: readonly TrainingSample[],
  params: YoloTrainParams,
  layout: NetworkLayout,
  rate: number,
  step: number,
) {
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

async function validate(
  workers: readonly ShardWorker[],
  images: Awaited<ReturnType<typeof loadAll>>,
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

async function loadAll(images: readonly LabelledImage[], atMost: ImageCache['atMost']) {
  const cache = new ImageCache(atMost, Infinity);
  return Promise.all(images.map((image) => cache.get(image)));
}

function makeVectors({ params, layout, start }: TrainingRequest): SharedVectors {
  const vector = (values?: Float32Array): Float32Array => {
    const made = new Float32Array(new SharedArrayBuffer(4 * layout.length));
    if (values) made.set(values);
    return made;
  };
  return {
    parameters: vector(start),
    average: vector(start),
    slots: Array.from({ length: slotCount(optimizerRule(params)) }, () => vector()),
    gradients: Array.from({ length: params.shards }, () => vector()),
  };
}

function named(vectors: SharedVectors, best: Float32Array): Record<string, Float32Array> {
  const slots = vectors.slots.map((slot, i) => [`slot${i}`, slot] as const);
  return { parameters: vectors.parameters, average: vectors.average, best, ...Object.fromEntries(slots) };
}

/** Puts a checkpoint's vectors back, segment by segment name; undefined when there is none that fits. */
async function restore(
  file: string,
  { layout, log }: TrainingRequest,
  vectors: SharedVectors,
  best: Float32Array,
): Promise<TrainingState | undefined> {
  const checkpoint = await readCheckpoint<TrainingState>(file, log);
  if (!checkpoint) return undefined;
  const targets = Object.entries(named(vectors, best));
  const fits = targets.every(([name, target]) => checkpoint.vectors[name]?.length === target.length);
  if (checkpoint.state.segments !== segmentNames(layout) || !fits) {
    log('The checkpoint is of another network; the training starts anew.');
    return undefined;
  }
  for (const [name, target] of targets) target.set(checkpoint.vectors[name] ?? []);
  log(`The training goes on after step ${checkpoint.state.step}.`);
  return checkpoint.state;
}

function freshState(layout: NetworkLayout): TrainingState {
  return { step: 0, segments: segmentNames(layout), bestEpoch: 0, bestAp50: -1, misses: 0, reports: [] };
}

/** The order of all numbers in a vector, so that none is ever put in another's place. */
function segmentNames(layout: NetworkLayout): string {
  return layout.segments.map(({ name, length }) => `${name}:${length}`).join(' ');
}

function optimizerRule({ optimizer }: YoloTrainParams): OptimizerRule {
  const { weightDecay } = optimizer;
  return optimizer.name === 'adam'
    ? { name: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-7, weightDecay }
    : { name: 'sgd', momentum: optimizer.momentum, weightDecay };
}

function scheduleOf({ optimizer, schedule }: YoloTrainParams, totalSteps: number): Schedule {
  const { decay, final, at } = schedule;
  return {
    rate: optimizer.rate,
    warmupSteps: Math.round(schedule.warmup * totalSteps),
    totalSteps,
    decay:
      decay === 'cosine'
        ? { name: 'cosine', final }
        : decay === 'steps'
          ? { name: 'steps', at, factor: 0.1 }
          : { name: 'constant' },
  };
}
