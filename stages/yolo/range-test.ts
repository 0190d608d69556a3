import type { DarknetCfg } from '../lib/darknet/cfg.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import type { LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';
import { phasesOf } from './phases.js';
import { SampleLoader } from './sample-loader.js';
import { takeStep } from './steps.js';
import { makeVectors, totalOf } from './training-state.js';
import { startComputing, type Computing } from './start-computing.js';

interface RangeTestRequest extends Computing {
  readonly params: YoloTrainParams;
  readonly cfg: DarknetCfg;
  readonly cfgText: string;
  readonly layout: NetworkLayout;
  readonly start: Float32Array;
  readonly train: LabelledImages;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly onStep: (step: number, rate: number, loss: number) => void;
}

interface RangeTest {
  readonly rates: readonly number[];
  /** Smoothed. */
  readonly losses: readonly number[];
  /** The rate at which the loss falls fastest; undefined when it never falls. */
  readonly suggested: number | undefined;
}

/** Memory of the smoothed loss; it is corrected for its start as Adam's means are. */
const SMOOTHING = 0.9;
/** A loss that has grown to so many times its least has left the useful rates behind. */
const BLOWN_UP = 4;

/** Trains with a rate that grows by the same factor each step, and watches the loss (Smith 2017). */
export async function rangeTest(request: RangeTestRequest): Promise<RangeTest> {
  const { params, cfg, cfgText, layout, train, seed, from, to, steps } = request;
  const epochs = Math.ceil((steps * params.batch * params.accumulate) / train.images.length);
  const [phase] = phasesOf({ ...params, phases: undefined, epochs }, cfg, train.images.length);
  if (!phase) throw new Error('no phase');
  const vectors = makeVectors(request.start, 2, params.shards);
  const { backend, augment, loss } = params;
  const workers = await startComputing(request, { cfgText, backend, seed, augment, loss, vectors }); // prettier-ignore
  const rates: number[] = [];
  const losses: number[] = [];
  try {
    const loader = new SampleLoader({ params, cfg, train, seed });
    let mean = 0;
    for (let step = 0; step < steps; step++) {
      request.signal.throwIfAborted();
      const rate = from * (to / from) ** (step / Math.max(1, steps - 1));
      const samples = await loader.load(phase, step);
      const { parts } = await takeStep(workers, samples, { params, layout, phase, step, rate, size: cfg });
      mean = SMOOTHING * mean + (1 - SMOOTHING) * totalOf(parts).loss;
      const smoothed = mean / (1 - SMOOTHING ** (step + 1));
      if (!Number.isFinite(smoothed) || smoothed > BLOWN_UP * Math.min(...losses, Infinity)) break;
      rates.push(rate);
      losses.push(smoothed);
      request.onStep(step, rate, smoothed);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  // The first means are of so few batches that they jump.
  const settled = Math.min(Math.round(1 / (1 - SMOOTHING)), Math.floor(losses.length / 2));
  return { rates, losses, suggested: steepest(rates.slice(settled), losses.slice(settled)) };
}

/** The rate where the loss falls fastest over its logarithm, a few steps long. */
export function steepest(rates: readonly number[], losses: readonly number[]): number | undefined {
  const span = Math.max(1, Math.floor(losses.length / 10));
  let best: number | undefined;
  let least = 0;
  for (let i = 0; i + span < losses.length; i++) {
    const fall = (losses[i + span] ?? 0) - (losses[i] ?? 0);
    if (fall < least) {
      least = fall;
      best = rates[i + Math.floor(span / 2)];
    }
  }
  return best;
}
