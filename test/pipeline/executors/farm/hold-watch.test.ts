import { expect, it } from 'vitest';
import type { SeenTask } from '../../../../pipeline/executors/farm/cluster.js';
import { HoldWatch } from '../../../../pipeline/executors/farm/hold-watch.js';

const held = (heldBy: string): SeenTask => ({ state: 'waiting', heldBy });
const waits: SeenTask = { state: 'waiting' };
const drained = held('nodes are DRAINED');

it.each<[string, readonly (readonly (SeenTask | undefined)[])[], readonly string[]]>([
  ['a reason that stays is told once', Array<SeenTask[]>(6).fill([drained, waits]), [drained.heldBy ?? '']],
  ['tasks that wait for their turn are no news', Array<SeenTask[]>(6).fill([waits, waits]), []],
  [
    'while one runs, the others may wait',
    Array<SeenTask[]>(6).fill([drained, { state: 'running', node: 'n1' }]),
    [],
  ],
  ['what changes is not told', [[drained], [held('QOSLimit')], [drained], [held('QOSLimit')]], []],
  [
    'one that comes back later is told again',
    [[drained], [drained], [drained], [{ state: 'running' }], [drained], [drained], [drained]],
    ['nodes are DRAINED', 'nodes are DRAINED'],
  ],
  ['no answer about any task is no reason', Array<undefined[]>(4).fill([undefined]), []],
])('%s', (_what, answers, told) => {
  const watch = new HoldWatch();
  expect(answers.flatMap((tasks) => watch.noticed(tasks) ?? [])).toEqual(told);
});
