import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunEvent } from '../../pipeline/events/event.js';
import { countingStage } from '../support/counting-stage.js';
import { linesOf, TestCluster } from '../support/slurm-cluster.js';
import { Workspace } from '../support/workspace.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.up();
});
afterAll(() => cluster.down());

const warningsOf = (events: readonly RunEvent[]): string =>
  events.flatMap((event) => (event.type === 'stage-warning' ? [event.message] : [])).join('\n');

it('what reaches its time limit gets twice the time; what is warned before goes on from its checkpoint', async () => {
  // Slurm looks at limits twice a minute: after a minute's, a task may live for 90 s.
  const workspace = await Workspace.create({
    'pipeline.yaml': `version: 1
name: times
stages:
  item:
    uses: command
    with: { each: in/*, outputs: '{stem}', run: [sh, -c, 'sleep 105; cp {input} {output}'] }
    slurm: { time: 1m }
  count: { uses: ./count.ts, slurm: { time: 2m } }
`,
    'in/a': 'a',
    'count.ts': countingStage(90),
  });
  const { exitCode, events } = await cluster.run(workspace.path('.')).ended;
  expect(exitCode).toBe(0);
  const warnings = warningsOf(events);
  expect(warnings).toMatch(/of item on n\d reached its time limit; 1 of its items go out again/);
  expect(warnings).toMatch(/of count on n\d was interrupted before its end; it goes out again/);
  expect(await workspace.read('out/item/a')).toBe('a');
  expect(await workspace.read('out/count/n')).toBe('90');
  const steps = await linesOf(workspace.path('steps'));
  // Once or twice: Slurm may warn up to a minute early.
  expect(steps.filter((line) => line.startsWith('from')).length).toBeGreaterThan(1);
  expect(steps.filter((line) => !line.startsWith('from'))).toHaveLength(90);
});

it('a detached run has its tasks on the cluster, and attach sees their end', async () => {
  const workspace = await Workspace.create({
    'pipeline.yaml': `version: 1
name: detached
stages:
  item: { uses: command, with: { each: in/*, outputs: '{stem}', run: [sh, -c, 'sleep 4; cp {input} {output}'] } }
`,
    'in/a': 'a',
  });
  expect((await cluster.run(workspace.path('.'), '--detach').ended).exitCode).toBe(0);
  const { exitCode, stdout } = await cluster.program('attach', workspace.path('.'));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('+ item');
  expect(await workspace.read('out/item/a')).toBe('a');
});
