import { UserError } from '../../pipeline/core/user-error.js';
import type { Mode } from './modes.js';
import type { TaskOutcome } from './step-task.js';

/** Losses of both halves of a step by what they are of: `generator/to target`, `cycle/to source`, … */
export function namedLosses(outcomes: readonly TaskOutcome[], mode: Mode): Record<string, number> {
  const losses: Record<string, number> = {};
  for (const [task, { losses: parts }] of outcomes.entries())
    for (const [name, value] of Object.entries(parts))
      losses[mode === 'cut' ? name : `${name}/${task === 0 ? 'to target' : 'to source'}`] = value;
  return losses;
}

/** @throws UserError when a loss is no number */
export function checkLosses(losses: Readonly<Record<string, number>>, step: number): void {
  if (Object.values(losses).every((value) => Number.isFinite(value))) return;
  throw new UserError(`The training diverged: at step ${step + 1} a loss is no number.`, {
    details: Object.entries(losses).map(([name, value]) => `${name}: ${value}`),
    hint: 'Lower `rate`, or use `adversarial: lsgan`; the next run goes on from the last checkpoint unless the parameters change.',
  });
}

/** Losses in a line. */
export function noteOf(losses: Readonly<Record<string, number>>): string {
  return Object.entries(losses)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join(', ');
}
