import { unreachable } from '../../pipeline/core/unreachable.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import { parseExpression } from '../lib/tensors/expression.js';
import type { OptimizerRule } from '../lib/tensors/optimizers.js';
import { scheduleNames, type Schedule, type ScheduleDecay } from '../lib/tensors/schedules.js';
import type { OptimizationParams, OptimizerParams, ScheduleParams } from './optimization-params.js';

/** A part of a training with one optimizer. */
export interface Phase {
  readonly name: string;
  readonly firstEpoch: number;
  readonly epochs: number;
  /** Counted over the whole training. */
  readonly firstStep: number;
  readonly steps: number;
  readonly batch: number;
  readonly accumulate: number;
  readonly rule: OptimizerRule;
  readonly schedule: Schedule;
  /** How a plateau lowers the rate, where the schedule is one. */
  readonly plateau:
    { readonly factor: number; readonly patience: number; readonly least: number } | undefined;
  /** Layers before this one stay as they are. */
  readonly frozenLayers: number;
  readonly clip: number | undefined;
}

/**
 * The phases of a training in their order; one where the params name none.
 * @param cfg        by whose layers `freeze` is understood; without it nothing is frozen (to plot a schedule)
 * @param imageCount of the training dataset
 * @throws UserError when everything would be frozen
 */
export function phasesOf(
  params: OptimizationParams,
  cfg: DarknetCfg | undefined,
  imageCount: number,
): Phase[] {
  const wanted = params.phases ?? [{ epochs: params.epochs }];
  const phases: Phase[] = [];
  let firstEpoch = 0;
  let firstStep = 0;
  for (const [index, own] of wanted.entries()) {
    const batch = own.batch ?? params.batch;
    const accumulate = own.accumulate ?? params.accumulate;
    const optimizer = own.optimizer ?? params.optimizer;
    const schedule = own.schedule ?? params.schedule;
    const freeze = own.freeze ?? params.freeze;
    const name = own.name ?? (wanted.length === 1 ? 'training' : `phase ${index + 1}`);
    const steps = Math.ceil((own.epochs * imageCount) / (batch * accumulate));
    const { decay } = schedule;
    phases.push({
      name,
      firstEpoch,
      epochs: own.epochs,
      firstStep,
      steps,
      batch,
      accumulate,
      rule: optimizerRule(optimizer),
      schedule: scheduleOf(optimizer.rate, schedule, steps, imageCount / (batch * accumulate)),
      plateau: decay.name === 'plateau' ? decay : undefined,
      frozenLayers: cfg ? frozenLayers(cfg, freeze, name) : 0,
      clip: own.clip ?? params.clip,
    });
    firstEpoch += own.epochs;
    firstStep += steps;
  }
  return phases;
}

/** The epoch (from 0) in which a step begins; at a phase's last end, the one after it. */
export function epochAt(phase: Phase, step: number, imageCount: number): number {
  const local = step - phase.firstStep;
  if (local >= phase.steps) return phase.firstEpoch + phase.epochs;
  return phase.firstEpoch + Math.floor((local * phase.batch * phase.accumulate) / imageCount);
}

function optimizerRule(optimizer: OptimizerParams): OptimizerRule {
  const { weightDecay } = optimizer;
  if (optimizer.name === 'sgd') return { name: 'sgd', momentum: optimizer.momentum, weightDecay };
  const { name, beta1, beta2 } = optimizer;
  return { name, beta1, beta2, epsilon: 1e-7, weightDecay };
}

function scheduleOf(
  rate: number,
  { warmup, decay }: ScheduleParams,
  totalSteps: number,
  stepsPerEpoch: number,
): Schedule {
  const { shape, from } = warmup;
  return {
    rate,
    warmup: { steps: Math.round(warmup.share * totalSteps), from, shape },
    totalSteps,
    stepsPerEpoch,
    decay: decayOf(decay),
  };
}

function decayOf(decay: ScheduleParams['decay']): ScheduleDecay {
  switch (decay.name) {
    case 'constant':
    case 'cosine':
    case 'exponential':
    case 'restarts':
    case 'steps':
      return decay;
    case 'plateau':
      return { name: 'plateau' };
    case 'lambda':
      return { name: 'lambda', formula: parseExpression(decay.expression, scheduleNames) };
    default:
      return unreachable(decay);
  }
}

function frozenLayers(cfg: DarknetCfg, freeze: number | 'backbone', phase: string): number {
  const layers = freeze === 'backbone' ? backboneLength(cfg) : freeze;
  const last = cfg.layers.findLastIndex((layer) => layer.type === 'convolutional');
  if (layers > last)
    throw new UserError(`In ${phase}, freeze: ${freeze} leaves nothing to train: the last convolution is layer ${last}.`); // prettier-ignore
  return layers;
}

/** Up to and with the last [shortcut] before the first [yolo]; in a network without any, the last [maxpool]. */
export function backboneLength(cfg: DarknetCfg): number {
  const head = cfg.layers.findIndex((layer) => layer.type === 'yolo');
  const before = cfg.layers.slice(0, head);
  for (const type of ['shortcut', 'maxpool'] as const) {
    const last = before.findLastIndex((layer) => layer.type === type);
    if (last >= 0) return last + 1;
  }
  throw new UserError(
    'This network has no backbone that `freeze: backbone` could mean: no [shortcut] and no [maxpool].',
    {
      hint: 'Give the number of layers: `freeze: 10`.',
    },
  );
}
