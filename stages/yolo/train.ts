import { join } from 'node:path';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { ImageCache } from '../lib/imaging/image-cache.js';
import { writeCheckpoint } from '../lib/tensors/checkpoint.js';
import { slotCount } from '../lib/tensors/optimizers.js';
import { afterValidation, rateAt } from '../lib/tensors/schedules.js';
import type { LabelledImage, LabelledImages } from './batches.js';
import { divergence } from './divergence.js';
import type { YoloTrainParams } from './params.js';
import { epochAt, phasesOf } from './phases.js';
import type { TrainingSample } from './prepare-sample.js';
import { SampleLoader } from './sample-loader.js';
import { inputSizeAt, takeStep, validate } from './steps.js';
import {
  freshState,
  LossSums,
  makeVectors,
  named,
  restore,
  stateAfterEpoch,
  totalOf,
  type EpochReport,
} from './training-state.js';
import { startComputing, type Computing } from './start-computing.js';

interface TrainingRequest extends Computing {
  readonly params: YoloTrainParams;
  readonly cfg: DarknetCfg;
  readonly cfgText: string;
  readonly layout: NetworkLayout;
  readonly start: Float32Array;
  readonly train: LabelledImages;
  readonly validation: LabelledImages;
  readonly seed: number;
  readonly workDirectory: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onStep: (
    step: number,
    steps: number,
    note: string,
    figures: Readonly<Record<string, number>>,
  ) => void;
  /** How it has gone so far, after each epoch. */
  readonly onEpoch?: (course: TrainingCourse) => Promise<void>;
}

export interface TrainingCourse {
  readonly bestEpoch: number;
  readonly bestAp50: number;
  /** Of the best, as Validation has them. */
  readonly bestPrecisions: readonly (readonly number[])[];
  readonly reports: readonly EpochReport[];
}

export interface Training extends TrainingCourse {
  /** The best by validation. */
  readonly values: Float32Array;
  readonly imagesSeen: number;
  readonly device: string;
}

/**
 * What is written after epochs (the checkpoint, the curves) is written at most so often: epochs of a few photographs
 * would else spend more time on writing than on learning.
 */
const leastPauseMs = 10_000;

/**
 * Trains a network, data-parallel over workers: each step, shards of a batch go to the workers, their gradients are
 * summed in a fixed order, and each worker updates its part of the parameters. After epochs, and when it is stopped, a
 * checkpoint is written; a training that was stopped or killed goes on from there and ends as it would have.
 * @throws the signal's reason when it aborts, between steps; UserError when the loss is no longer a number
 */
export async function trainDetector(request: TrainingRequest): Promise<Training> {
  const { params, layout, train, seed } = request;
  const count = train.images.length;
  const phases = phasesOf(params, request.cfg, count);
  const vectors = makeVectors(request.start, Math.max(...phases.map(({ rule }) => slotCount(rule))), params.shards); // prettier-ignore
  const workers = await startComputing(request, {
    cfgText: request.cfgText,
    backend: params.backend,
    seed,
    augment: params.augment,
    loss: params.loss,
    vectors,
  });
  const name = request.processes?.environments.length ? ['process', 'processes'] : ['worker', 'workers'];
  const device = `${workers[0]?.device ?? ''}, ${workers.length} ${name[workers.length === 1 ? 0 : 1]}`;
  request.log(`computing on ${device}`);
  try {
    const file = join(request.workDirectory, 'checkpoint.bin');
    const best = Float32Array.from(request.start);
    let state = (await restore(file, layout, request.log, vectors, best)) ?? freshState(layout);
    const sums = new LossSums(state.sums);
    const loader = new SampleLoader(request);
    const validation = await loadAll(request.validation.images, loader.atMost);
    const last = phases.at(-1);
    const steps = last ? last.firstStep + last.steps : 0;
    const epochs = last ? last.firstEpoch + last.epochs : 0;
    const save = (): Promise<void> => writeCheckpoint(file, { state, vectors: named(vectors, best) });
    let [saveIsDue, savedAtMs, shownAtMs] = [false, -Infinity, -Infinity];
    let stopped = false;
    for (const phase of phases) {
      const end = phase.firstStep + phase.steps;
      if (state.step >= end) continue;
      if (state.step === phase.firstStep) {
        // What one optimizer remembers means nothing to the next.
        for (const slot of vectors.slots) slot.fill(0);
        state = { ...state, plateau: freshState(layout).plateau };
        if (phases.length > 1) request.log(`${phase.name}: ${phase.epochs} epochs, ${phase.frozenLayers} layers frozen`); // prettier-ignore
      }
      let next: Promise<TrainingSample[]> | undefined = loader.load(phase, state.step);
      for (let step = state.step; step < end && !stopped; step++) {
        if (request.signal.aborted) {
          state = { ...state, step, sums: sums.state };
          await save();
          request.log(`Stopped after step ${step}; the checkpoint is written.`);
        }
        request.signal.throwIfAborted();
        const started = performance.now();
        const samples = (await next) ?? [];
        const loaded = performance.now();
        next = step + 1 < end ? loader.load(phase, step + 1) : undefined;
        next?.catch(() => undefined); // reported when it is awaited
        const rate = rateAt(phase.schedule, step - phase.firstStep) * state.plateau.share;
        const size = inputSizeAt(step, request.cfg, params.multiScale, seed);
        const { parts } = await takeStep(workers, samples, { params, layout, phase, step, rate, size });
        const loss = totalOf(parts);
        if (!Number.isFinite(loss.loss))
          throw await divergence(samples, { step, loss, size, seed, augment: params.augment, folder: request.workDirectory }); // prettier-ignore
        sums.add(loss);
        const elapsed = performance.now() - started;
        const epoch = Math.min(epochs, epochAt(phase, step, count) + 1);
        request.onStep(
          step + 1,
          steps,
          `epoch ${epoch}, loss ${loss.loss.toFixed(2)} (boxes ${loss.box.toFixed(2)}, objectness ${loss.objectness.toFixed(2)}, classes ${loss.classes.toFixed(2)}), ` +
            `rate ${rate.toPrecision(2)}, ${((1000 * samples.length) / elapsed).toFixed(1)} images/s, ${Math.round((100 * (loaded - started)) / elapsed)} % waiting for data`,
          { loss: loss.loss, boxes: loss.box, objectness: loss.objectness, classes: loss.classes },
        );
        const before = epochAt(phase, step, count);
        const done = epochAt(phase, step + 1, count);
        if (done === before) continue;
        const final = step + 1 === steps;
        const due = final || crosses(before, done, params.validateEvery);
        const validated = due ? await validate(workers, validation, request.validation) : undefined;
        const ap50 = validated?.ap50;
        if (ap50 !== undefined && ap50 > state.bestAp50) best.set(vectors.average);
        state = stateAfterEpoch(state, { epoch: done, ...sums.means(), rate }, validated, step + 1);
        if (phase.plateau && ap50 !== undefined)
          state = { ...state, plateau: { ...afterValidation(state.plateau, ap50, phase.plateau) } };
        state = { ...state, sums: sums.state };
        request.log(`epoch ${done}: loss ${state.reports.at(-1)?.loss.toFixed(3)}${ap50 === undefined ? '' : `, AP50 ${ap50.toFixed(3)}`}`); // prettier-ignore
        stopped = params.patience !== undefined && state.misses >= params.patience;
        if (stopped) {
          request.log(`Stopped early: ${state.misses} validations without a better AP50.`);
          state = { ...state, step: steps };
        }
        const ends = final || stopped;
        if (ends || performance.now() - shownAtMs >= leastPauseMs) {
          await request.onEpoch?.(state);
          shownAtMs = performance.now();
        }
        saveIsDue ||= crosses(before, done, params.checkpointEvery);
        if (ends || (saveIsDue && performance.now() - savedAtMs >= leastPauseMs)) {
          await save();
          [saveIsDue, savedAtMs] = [false, performance.now()];
        }
      }
    }
    const { bestEpoch, bestAp50, bestPrecisions, reports } = state;
    return {
      values: best,
      bestEpoch,
      bestAp50,
      bestPrecisions,
      reports,
      imagesSeen: bestEpoch * count,
      device,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Is there a multiple of `every` among the epochs that were finished? */
function crosses(before: number, done: number, every: number): boolean {
  return Math.floor(done / every) > Math.floor(before / every);
}

async function loadAll(images: readonly LabelledImage[], atMost: ImageCache['atMost']): Promise<RgbImage[]> {
  const cache = new ImageCache(atMost, Infinity);
  return Promise.all(images.map((image) => cache.get(image)));
}
