import { join } from 'node:path';
import { writeCheckpoint } from '../lib/tensors/checkpoint.js';
import type { Domain } from './domain.js';
import { ImagePool } from './image-pool.js';
import { learningRate } from './learning-rate.js';
import { initialModel, modelOf, type Model } from './model.js';
import { gammaOf, modelShapeOf, type CycleGanParams } from './params.js';
import { posteriorDeviation } from './posterior-noise.js';
import { checkLosses, namedLosses, noteOf } from './step-losses.js';
import { StepPictures } from './step-pictures.js';
import type { GradientRequest } from './scene.js';
import type { TaskOutcome } from './step-task.js';
import { startStepWorkers, type StepWorker } from './step-workers.js';
import {
  afterStep,
  freshState,
  makeVectors,
  restoreTraining,
  vectorsToKeep,
  type LossReport,
  type TrainingState,
} from './training-state.js';

export interface GanTrainingRequest {
  readonly params: CycleGanParams;
  readonly source: Domain;
  readonly target: Domain;
  readonly seed: number;
  readonly workers: number;
  readonly workDirectory: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onStep: (
    done: number,
    total: number,
    note: string,
    figures: Readonly<Record<string, number>>,
  ) => void;
  /** All epochs so far, after each. */
  readonly onEpoch?: (reports: readonly LossReport[]) => Promise<void>;
  /** The networks after every `sampleEvery` steps and at the end. */
  readonly onSample?: (step: number, model: Model, parameters: Float32Array) => Promise<void>;
}

export interface GanTraining {
  readonly model: Model;
  readonly parameters: Float32Array;
  readonly reports: readonly LossReport[];
  readonly steps: number;
  readonly device: string;
}

/**
 * Trains the networks of a mode. A step has two halves that two workers compute at once: the way there and back from
 * each domain. Gradients are summed in a fixed order, so that the result does not depend on the number of workers. A
 * training that was stopped or killed goes on from its checkpoint and ends as it would have: what is drawn is a function
 * of seed and step, and the pools of earlier translations are kept.
 * @throws the signal's reason when it aborts, between steps; UserError when a loss is no number
 */
export async function trainGan(request: GanTrainingRequest): Promise<GanTraining> {
  const { params, seed, source, target } = request;
  const shape = modelShapeOf(params);
  const model = modelOf(shape);
  const vectors = makeVectors(initialModel(model, seed));
  const paper = params.mode === 'bayesian' && params.bayesian.variant === 'paper';
  // Neither the published Bayesian code nor CUT looks back at earlier translations.
  const pooled = !paper && params.mode !== 'cut';
  const workers = await startStepWorkers(request.workers, {
    shape,
    options: {
      mode: params.mode,
      variant: params.bayesian.variant,
      adversarial: params.adversarial,
      cycle: params.cycle,
      gamma: gammaOf(params),
      identity: paper ? 0 : params.identity,
      patches: params.cut.weight,
      patchCount: params.cut.patches,
      temperature: params.cut.temperature,
    },
    samples: params.bayesian.samples,
    backend: params.backend,
    seed,
    vectors,
  });
  const device = `${workers[0]?.device ?? ''}, ${workers.length} worker${workers.length === 1 ? '' : 's'}`;
  request.log(`computing on ${device}`);
  try {
    const file = join(request.workDirectory, 'checkpoint.bin');
    const pools = ['target', 'source'].map((name) => new ImagePool(pooled ? params.pool : 0, seed, name));
    const pictureLength = params.batch * params.crop ** 2 * 3;
    let state: TrainingState =
      (await restoreTraining(file, model, pictureLength, request.log, vectors, pools)) ?? freshState(model);
    const pictures = params.picturesAnEpoch ?? Math.max(source.images.length, target.images.length);
    const stepsAnEpoch = Math.max(1, Math.floor(pictures / params.batch));
    const { constant, falling } = params.epochs;
    const steps = stepsAnEpoch * (constant + falling);
    const rule = { name: paper ? 'paper' : 'linear', rate: params.rate, constant, falling } as const;
    const squares = new StepPictures(source, target, params, seed);
    const noise =
      params.mode === 'bayesian'
        ? posteriorDeviation(params.bayesian.friction, Math.max(source.images.length, target.images.length))
        : 0;
    const save = (): Promise<void> =>
      writeCheckpoint(file, { state, vectors: vectorsToKeep(vectors, pools) });
    let next = state.step < steps ? squares.load(state.step) : undefined;
    for (let step = state.step; step < steps; step++) {
      if (request.signal.aborted) {
        await save();
        request.log(`Stopped after step ${step}; the checkpoint is written.`);
      }
      request.signal.throwIfAborted();
      const started = performance.now();
      const shown = await next;
      next = step + 1 < steps ? squares.load(step + 1) : undefined;
      next?.catch(() => undefined); // reported when it is awaited
      if (!shown) break;
      const outcomes = await gradients(workers, params, (task) => ({
        step,
        task,
        ...squares.of(task, shown),
        stored: pools[task]?.choose(step)?.picture,
      }));
      const losses = namedLosses(outcomes, params.mode);
      checkLosses(losses, step);
      for (const [task, { fake }] of outcomes.entries()) if (fake.length > 0) pools[task]?.take(step, fake);
      const rate = learningRate(rule, step, stepsAnEpoch);
      await update(workers, model, params, { rate, step, noise });
      state = afterStep(
        state,
        losses,
        rate,
        (step + 1) % stepsAnEpoch === 0 ? (step + 1) / stepsAnEpoch : undefined,
      );
      const epoch = Math.floor(step / stepsAnEpoch) + 1;
      const perSecond = 1000 / (performance.now() - started);
      request.onStep(step + 1, steps, `epoch ${epoch}, ${noteOf(losses)}, rate ${rate.toPrecision(2)}, ${perSecond.toFixed(2)} steps/s`, losses); // prettier-ignore
      if ((step + 1) % stepsAnEpoch === 0) await request.onEpoch?.(state.reports);
      const last = step + 1 === steps;
      if (last || (step + 1) % params.sampleEvery === 0)
        await request.onSample?.(step + 1, model, vectors.parameters);
      if (last || (step + 1) % params.checkpointEvery === 0) await save();
    }
    return {
      model,
      parameters: Float32Array.from(vectors.parameters),
      reports: state.reports,
      steps,
      device,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function gradients(
  workers: readonly StepWorker[],
  params: CycleGanParams,
  requestOf: (task: number) => GradientRequest,
): Promise<TaskOutcome[]> {
  const tasks = params.mode === 'cut' && params.identity === 0 ? [0] : [0, 1];
  const [first, second = first] = workers;
  if (!first || !second) throw new Error('there is no worker');
  if (first === second) {
    const outcomes: TaskOutcome[] = [];
    for (const task of tasks) outcomes.push(await first.gradients(requestOf(task)));
    return outcomes;
  }
  return Promise.all(tasks.map((task) => (task === 0 ? first : second).gradients(requestOf(task))));
}

async function update(
  workers: readonly StepWorker[],
  { length, mode }: Model,
  params: CycleGanParams,
  { rate, step, noise }: { readonly rate: number; readonly step: number; readonly noise: number },
): Promise<void> {
  const { beta1, beta2, batch } = params;
  const rule = { name: 'adam', beta1, beta2, epsilon: 1e-8, weightDecay: 0 } as const;
  const prior = mode === 'bayesian' ? params.bayesian.prior / batch : 0;
  const share = Math.ceil(length / workers.length);
  await Promise.all(
    workers.map((worker, n) =>
      worker.update({
        from: n * share,
        to: Math.min(length, (n + 1) * share),
        rule,
        rate,
        step,
        prior,
        noise,
      }),
    ),
  );
}
