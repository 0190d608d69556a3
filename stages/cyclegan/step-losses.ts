import { UserError } from '../../pipeline/core/user-error.js';
import type { Mode } from './modes.js';
import type { TaskOutcome } from './step-task.js';

/** Losses by what they are of: `generator/to target`, `cycle/to source`, …; of CUT, which has one way, `patches`. */
export type Losses = Readonly<Record<string, number>>;

const WAYS = ['to target', 'to source'] as const;

/** Losses of both halves of a step. */
export function namedLosses(outcomes: readonly TaskOutcome[], mode: Mode): Losses {
  const losses: Record<string, number> = {};
  for (const [task, { losses: parts }] of outcomes.entries())
    for (const [name, value] of Object.entries(parts))
      losses[mode === 'cut' ? name : `${name}/${WAYS[task] ?? ''}`] = value;
  return losses;
}

/** The names of losses, way by way: `[['to target', { generator: 'generator/to target', … }], …]`; of CUT, one without a name. */
export function lossesByWay(names: readonly string[]): (readonly [string, ReadonlyMap<string, string>])[] {
  const ways = new Map<string, Map<string, string>>();
  for (const name of names) {
    const [part = name, way = ''] = name.split('/');
    ways.set(way, (ways.get(way) ?? new Map<string, string>()).set(part, name));
  }
  return [...ways];
}

/** @throws UserError when a loss is no number */
export function checkLosses(losses: Losses, step: number): void {
  if (Object.values(losses).every((value) => Number.isFinite(value))) return;
  throw new UserError(`The training diverged: at step ${step + 1} a loss is no number.`, {
    details: Object.entries(losses).map(([name, value]) => `${name}: ${value}`),
    hint: 'Lower `rate`, or use `adversarial: lsgan`; the next run goes on from the last checkpoint unless the parameters change.',
  });
}

/** Losses in a line, both ways of each beside each other: `generator 0.412 / 0.377, cycle …`. */
export function noteOf(losses: Losses): string {
  const parts = new Map<string, string[]>();
  for (const [name, value] of Object.entries(losses)) {
    const [part = name] = name.split('/');
    parts.set(part, [...(parts.get(part) ?? []), value.toFixed(3)]);
  }
  return [...parts].map(([part, values]) => `${part} ${values.join(' / ')}`).join(', ');
}
