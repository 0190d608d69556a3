import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../pipeline/events/event.js';
import { countingStage } from '../support/counting-stage.js';
import { linesOf, TestCluster, until } from '../support/slurm-cluster.js';
import { Workspace } from '../support/workspace.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.up();
});
afterAll(() => cluster.down());

const count = 12;
const names = Array.from({ length: count }, (_, index) => `f${index + 10}`);

/** Copies files, each with a line in `made`; `work` comes before the copy. The folder has a space in its name. */
async function workspaceOf(work: string, more = ''): Promise<Workspace> {
  const run = `echo {stem} >> "$0/made"; ${work}; cp "{input}" "{output}"`;
  const workspace = await Workspace.create(
    Object.fromEntries(names.map((name) => [`the farm/in/${name}.txt`, name])),
  );
  const folder = JSON.stringify(workspace.path('the farm'));
  await workspace.write(
    'the farm/pipeline.yaml',
    `version: 1\nname: farm\nstages:\n  copies:\n    uses: command\n    with: { each: 'in/*.txt', outputs: '{stem}', run: [sh, -c, ${JSON.stringify(run)}, ${folder}] }\n${more}`,
  );
  return workspace;
}

const ofType = <T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
): Extract<RunEvent, { type: T }>[] =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

/** Every item was made so often, and all of them are there. */
async function expectAllMade(workspace: Workspace, most = 1): Promise<void> {
  expect(await workspace.list('the farm/out/copies')).toEqual(names);
  const made = await linesOf(workspace.path('the farm/made'));
  expect(new Set(made)).toEqual(new Set(names));
  for (const name of names) expect(made.filter((one) => one === name).length).toBeLessThanOrEqual(most);
}

const isRunning = async (workspace: Workspace): Promise<boolean> =>
  (await linesOf(workspace.path('the farm/made'))).length >= 2;

describe('a run on Slurm', () => {
  it('makes every item once, in a store whose path has a space in it, and keeps what the tasks printed', async () => {
    const workspace = await workspaceOf('echo hello {stem}');
    const { exitCode, events } = await cluster.run(workspace.path('the farm')).ended;
    expect(exitCode).toBe(0);
    await expectAllMade(workspace);
    const lines = ofType(events, 'stage-log').map(({ line }) => line);
    for (const name of names) expect(lines).toContain(`hello ${name}`);
    expect(await cluster.command('squeue', '-h')).toBe('');
  });

  it('keeps the others when an item fails, and names it', async () => {
    const workspace = await workspaceOf('[ {stem} != f13 ] || { echo no such thing; exit 7; }');
    const { exitCode, events } = await cluster.run(workspace.path('the farm')).ended;
    expect(exitCode).toBe(1);
    expect(ofType(events, 'item-failed').map(({ item }) => item)).toEqual(['f13.txt']);
    const [failed] = ofType(events, 'stage-failed');
    expect(failed?.message).toContain('1 of 12 items of copies failed; the others are kept');
    expect(failed?.details.join('\n')).toContain('no such thing');
  });

  it('that was killed goes on with its running tasks when it is started again', async () => {
    const workspace = await workspaceOf('sleep 2');
    const first = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    first.child.kill('SIGKILL');
    await first.ended;
    const { exitCode, events } = await cluster.run(workspace.path('the farm')).ended;
    expect(exitCode).toBe(0);
    expect(ofType(events, 'stage-log').some(({ line }) => /tasks of an earlier run go on/.test(line))).toBe(
      true,
    );
    await expectAllMade(workspace);
  });

  it('cancels its tasks when it is interrupted', async () => {
    const workspace = await workspaceOf('sleep 20');
    const { child, ended } = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    await until('nothing is left', async () => (await cluster.command('squeue', '-h')) === '');
  });

  it('makes again what somebody else has cancelled', async () => {
    const workspace = await workspaceOf('sleep 2');
    const run = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    const [id = ''] = (await cluster.command('squeue', '-h', '-r', '-t', 'R', '-o', '%i')).split('\n');
    await cluster.command('scancel', id);
    const { exitCode, events } = await run.ended;
    expect(exitCode).toBe(0);
    expect(
      ofType(events, 'stage-warning')
        .map(({ message }) => message)
        .join('\n'),
    ).toMatch(/was cancelled by somebody; \d+ of its items go out again/);
    await expectAllMade(workspace, 2);
  });

  it('goes on elsewhere when a node dies in the middle of a task, whose program runs on', async () => {
    const workspace = await workspaceOf('sleep 3');
    const run = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    cluster.killDaemon('slurmd-n1');
    try {
      const { exitCode, events } = await run.ended;
      expect(exitCode).toBe(0);
      expect(ofType(events, 'item-failed')).toEqual([]);
      await expectAllMade(workspace, 2);
    } finally {
      await cluster.startNode('n1');
    }
  });

  it('is not troubled by a controller that dies and comes back', async () => {
    const workspace = await workspaceOf('sleep 4');
    const run = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    // It writes down what it knows every five seconds. One that has forgotten jobs gives their numbers to others, and
    // Slurm then drains the nodes.
    await pause(7000);
    cluster.killDaemon('ctld');
    await pause(8000);
    await cluster.startController();
    const { exitCode } = await run.ended;
    expect(exitCode).toBe(0);
    await expectAllMade(workspace, 2);
  });

  it('makes again what more important jobs have pushed away', async () => {
    const workspace = await workspaceOf('sleep 4', '    slurm: { partition: low }\n');
    const run = cluster.run(workspace.path('the farm'));
    await until('tasks run', () => isRunning(workspace));
    await cluster.command('sbatch', '--partition=high', '--nodes=2', '--exclusive', '--output=/dev/null', '--wrap=sleep 5'); // prettier-ignore
    const { exitCode, events } = await run.ended;
    expect(exitCode).toBe(0);
    expect(
      ofType(events, 'stage-warning')
        .map(({ message }) => message)
        .join('\n'),
    ).toContain('was pre-empted');
    await expectAllMade(workspace, 2);
  });

  it('runs a whole stage, which goes on from its checkpoint after it was pushed away', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': 'version: 1\nname: whole\nstages: { count: { uses: ./count.ts } }\n',
      'count.ts': countingStage(12),
    });
    const run = cluster.run(workspace.path('.'));
    await until('it counts', async () => (await linesOf(workspace.path('steps'))).length >= 2);
    await cluster.command('sbatch', '--partition=high', '--nodes=2', '--exclusive', '--output=/dev/null', '--wrap=sleep 3'); // prettier-ignore
    const { exitCode } = await run.ended;
    expect(exitCode).toBe(0);
    expect(await workspace.read('out/count/n')).toBe('12');
    // Started twice, and no step was done twice.
    const steps = await linesOf(workspace.path('steps'));
    expect(steps.filter((line) => line.startsWith('from'))).toHaveLength(2);
    expect(steps.filter((line) => !line.startsWith('from'))).toHaveLength(12);
  });
});
