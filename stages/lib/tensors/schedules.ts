import { unreachable } from '../../../pipeline/core/unreachable.js';
import type { Formula } from './expression.js';

/** How the learning rate goes over the steps of a training (or of one of its phases). */
export interface Schedule {
  readonly rate: number;
  readonly warmup: Warmup;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly decay: ScheduleDecay;
}

interface Warmup {
  readonly steps: number;
  /** Share of the rate that the warm-up starts from; exponential ones need more than 0. */
  readonly from: number;
  /** linear; exponential: by the same factor each step; power: (step / steps)⁴, as darknet's burn_in. */
  readonly shape: 'linear' | 'exponential' | 'power';
}

export type ScheduleDecay =
  | { readonly name: 'constant' }
  /** Half a cosine down to `final` times the rate (Loshchilov & Hutter 2017). */
  | { readonly name: 'cosine'; readonly final: number }
  /** Cosines one after the other, each `factor` times as long as the one before (SGDR, same paper). */
  | { readonly name: 'restarts'; readonly epochs: number; readonly factor: number; readonly final: number }
  /** Times `factor` at each of these shares of the training (darknet's `steps`). */
  | { readonly name: 'steps'; readonly at: readonly number[]; readonly factor: number }
  /** By the same factor each step, down to `final` times the rate. */
  | { readonly name: 'exponential'; readonly final: number }
  /** A formula gives what the rate is multiplied by. */
  | { readonly name: 'lambda'; readonly formula: Formula }
  /** The rate is lowered when validation no longer improves: see reducedRate. */
  | { readonly name: 'plateau' };

/** What a λ formula may speak of. */
export const scheduleNames = ['step', 'steps', 'epoch', 'epochs', 'progress'] as const;

/**
 * The learning rate of a step, counted from 0. Pure; `plateau` stays at the rate here, for what lowers it is only known
 * while training.
 */
export function rateAt(schedule: Schedule, step: number): number {
  const { rate, warmup, totalSteps, stepsPerEpoch, decay } = schedule;
  if (step < warmup.steps) return rate * warmupShare(warmup, (step + 1) / warmup.steps);
  const after = step - warmup.steps;
  const length = Math.max(1, totalSteps - warmup.steps);
  const share = Math.min(1, after / length);
  switch (decay.name) {
    case 'constant':
    case 'plateau':
      return rate;
    case 'cosine':
      return rate * halfCosine(share, decay.final);
    case 'restarts': {
      let period = Math.max(1, decay.epochs * stepsPerEpoch);
      let into = after;
      while (into >= period) {
        into -= period;
        period *= decay.factor;
      }
      return rate * halfCosine(into / period, decay.final);
    }
    case 'steps':
      return rate * decay.factor ** decay.at.filter((place) => step >= place * totalSteps).length;
    case 'exponential':
      return rate * decay.final ** share;
    case 'lambda':
      return (
        rate *
        decay.formula({
          step,
          steps: totalSteps,
          epoch: Math.floor(step / stepsPerEpoch),
          epochs: totalSteps / stepsPerEpoch,
          progress: step / Math.max(1, totalSteps),
        })
      );
    default:
      return unreachable(decay);
  }
}

function warmupShare({ from, shape }: Warmup, share: number): number {
  switch (shape) {
    case 'linear':
      return from + (1 - from) * share;
    case 'exponential':
      return from ** (1 - share);
    case 'power':
      return from + (1 - from) * share ** 4;
    default:
      return unreachable(shape);
  }
}

function halfCosine(share: number, final: number): number {
  return final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * share));
}

/** How often a plateau lowered the rate, and since when it waits. Kept in checkpoints. */
export interface PlateauState {
  /** What the rate is multiplied by. */
  readonly share: number;
  readonly best: number;
  /** Validations without a better figure. */
  readonly waited: number;
}

export const freshPlateau: PlateauState = { share: 1, best: -Infinity, waited: 0 };

/** The state after a validation: after more than `patience` without a better figure, the rate is lowered. */
export function afterValidation(
  state: PlateauState,
  figure: number,
  rule: { readonly factor: number; readonly patience: number; readonly least: number },
): PlateauState {
  if (figure > state.best) return { ...state, best: figure, waited: 0 };
  if (state.waited < rule.patience) return { ...state, waited: state.waited + 1 };
  return { ...state, share: Math.max(rule.least, state.share * rule.factor), waited: 0 };
}
