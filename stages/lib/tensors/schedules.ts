import { unreachable } from '../../../pipeline/core/unreachable.js';

/** How the learning rate goes over the steps of a training. */
export interface Schedule {
  readonly rate: number;
  /** Steps over which the rate rises from nothing. */
  readonly warmupSteps: number;
  readonly totalSteps: number;
  readonly decay: ScheduleDecay;
}

type ScheduleDecay =
  | { readonly name: 'constant' }
  /** Half a cosine down to `final` times the rate (Loshchilov & Hutter 2017). */
  | { readonly name: 'cosine'; readonly final: number }
  /** Times `factor` at each of these shares of the training (darknet's `steps`). */
  | { readonly name: 'steps'; readonly at: readonly number[]; readonly factor: number };

/** The learning rate of a step, counted from 0. Pure. */
export function rateAt(schedule: Schedule, step: number): number {
  const { rate, warmupSteps, totalSteps, decay } = schedule;
  if (step < warmupSteps) return (rate * (step + 1)) / warmupSteps;
  switch (decay.name) {
    case 'constant':
      return rate;
    case 'cosine': {
      const share = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
      return rate * (decay.final + (1 - decay.final) * 0.5 * (1 + Math.cos(Math.PI * share)));
    }
    case 'steps':
      return rate * decay.factor ** decay.at.filter((share) => step >= share * totalSteps).length;
    default:
      return unreachable(decay);
  }
}
