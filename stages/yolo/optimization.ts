import type { OptimizerRule } from '../lib/tensors/optimizers.js';
import type { Schedule } from '../lib/tensors/schedules.js';
import type { YoloTrainParams } from './params.js';

/** The optimizer that the params ask for. */
export function optimizerRule({ optimizer }: YoloTrainParams): OptimizerRule {
  const { weightDecay } = optimizer;
  return optimizer.name === 'adam'
    ? { name: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-7, weightDecay }
    : { name: 'sgd', momentum: optimizer.momentum, weightDecay };
}

/** The learning rate's course that the params ask for. */
export function scheduleOf({ optimizer, schedule }: YoloTrainParams, totalSteps: number): Schedule {
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
