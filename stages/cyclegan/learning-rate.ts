import { unreachable } from '../../pipeline/core/unreachable.js';

/** How the learning rate falls after the epochs in which it stays. */
export interface RateRule {
  readonly name: 'linear' | 'paper';
  readonly rate: number;
  /** Epochs at the full rate. */
  readonly constant: number;
  /** Epochs in which it falls. */
  readonly falling: number;
}

/**
 * The learning rate of a step. linear: that of CycleGAN, an epoch at a time, 1 − max(0, epoch − n) / (n_decay + 1) with
 * epochs counted from 1; paper: that of Bayesian CycleGAN's code, which falls by exp(−i/N) within each epoch and begins
 * the next at the top again.
 * @param step counted from 0
 */
export function learningRate(rule: RateRule, step: number, stepsAnEpoch: number): number {
  const epoch = Math.floor(step / stepsAnEpoch);
  switch (rule.name) {
    case 'linear':
      return rule.rate * (1 - Math.max(0, epoch + 1 - rule.constant) / (rule.falling + 1));
    case 'paper': {
      if (epoch < rule.constant) return rule.rate;
      return rule.rate * Math.exp(-Math.min(1, (step % stepsAnEpoch) / stepsAnEpoch));
    }
    default:
      return unreachable(rule.name);
  }
}
