import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fastGlob from 'fast-glob';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { until } from '../../support/slurm-cluster.js';
import { Workspace } from '../../support/workspace.js';

/** What this machine has, as far as the stage's tools say. */
const machine = { blender: '3.4.1', device: 'cpu' };

const drawing = defineStage({
  kind: 'drawing',
  summary: 'Draws with a program of the machine.',
  revision: 1,
  params: z.strictObject({}),
  inputs: {},
  outputs: { picture: { type: 'picture', description: 'What was drawn' } },
  seeded: () => false,
  tools: () => Promise.resolve({ blender: machine.blender, device: machine.device }),
  sources: () => [{ role: 'scene', pattern: 'scene.txt', required: true, param: [] }],
  run: ({ output }) => output('picture').write('p', 'drawn'),
});

/** Takes every task, and never runs one. */
const pipeline = `version: 1
store: ./store
submit: { command: ['true', '{script}', '{index}'] }
stages:
  picture: { uses: drawing }
`;

interface Task {
  readonly workspace: Workspace;
  readonly folder: string;
  /** Runs the worker, as the engine would on a node. @returns what its result file says, and what it printed */
  readonly work: () => Promise<{ readonly refused: Refusal | undefined; readonly error: string }>;
}

interface Refusal {
  readonly message: string;
  readonly details: readonly string[];
  readonly hint?: string;
}

afterEach(() => void Object.assign(machine, { blender: '3.4.1', device: 'cpu' }));

/** A run that has handed its one task to the engine, and was then interrupted. */
async function submitted(text = pipeline): Promise<Task> {
  const workspace = await Workspace.create(
    { 'pipeline.yaml': text, 'scene.txt': 'a room' },
    stageRegistry([drawing]),
  );
  const stop = new AbortController();
  const run = workspace.commandUntil(stop.signal, 'run', '@pipeline.yaml', '--executor', 'submit');
  const find = (): Promise<string[]> =>
    fastGlob('store/work/*/farm/*/0/job.json', { cwd: workspace.directory, absolute: true });
  await until('a task is submitted', async () => (await find()).length > 0);
  stop.abort(new Error('enough'));
  await run;
  const [path = ''] = await find();
  const folder = dirname(path);
  await rm(join(folder, 'given-up.json'));
  return {
    workspace,
    folder,
    work: async () => {
      const { error } = await workspace.command('worker', dirname(folder), '0');
      const names = await readdir(folder);
      if (!names.includes('result.json')) return { refused: undefined, error };
      const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as { refused?: Refusal };
      return { refused: result.refused, error };
    },
  };
}

/** Changes what all tasks of the stage were told. */
async function changeHead({ folder }: Task, change: (head: Record<string, unknown>) => void): Promise<void> {
  const path = join(dirname(dirname(folder)), 'stage.json');
  const head = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  change(head);
  await writeFile(path, JSON.stringify(head));
}

describe('a worker', () => {
  it('does the task where everything is as the run found it', async () => {
    const task = await submitted();
    expect(await task.work()).toEqual({ refused: undefined, error: '' });
    expect(await readdir(task.folder)).toContain('result.json');
  });

  it('refuses to be another version, or another build', async () => {
    const task = await submitted();
    await changeHead(task, (head) => (head['program'] = { version: '9.9.9', digest: '' }));
    expect((await task.work()).refused).toMatchObject({
      message: 'The program here is 0.0.0, and the run was started by 9.9.9.',
    });
    await rm(join(task.folder, 'result.json'));
    await changeHead(task, (head) => (head['program'] = { version: '0.0.0', digest: 'other' }));
    expect((await task.work()).refused?.message).toContain('another build of 0.0.0');
  });

  it('refuses another Blender and another device than the plan’s, and names them', async () => {
    const task = await submitted();
    Object.assign(machine, { blender: '4.2.0', device: 'cuda' });
    const { refused } = await task.work();
    expect(refused?.message).toBe('picture is not what it was where the run was started:');
    expect(refused?.details.join('\n')).toMatch(/blender.*3\.4\.1.*4\.2\.0/);
    expect(refused?.details.join('\n')).toMatch(/device.*cpu.*cuda/);
    expect(refused?.hint).toContain('Give all nodes the same programs and files');
  });

  it('refuses when a source file is another one, or not there', async () => {
    const task = await submitted();
    await task.workspace.write('scene.txt', 'another room');
    expect((await task.work()).refused?.details.join('\n')).toContain('scene.txt');
    await rm(join(task.folder, 'result.json'));
    await rm(task.workspace.path('scene.txt'));
    expect((await task.work()).refused?.message).toContain('There is no file scene.txt');
  });

  it('refuses when the store is not mounted', async () => {
    const task = await submitted();
    await changeHead(task, (head) => (head['store'] = '/nowhere/store'));
    expect((await task.work()).refused).toMatchObject({
      message: 'There is no store /nowhere/store here.',
      hint: 'All nodes have to have it under the same path.',
    });
  });

  it('refuses a machine without the GPU that the stage asks for', async () => {
    const task = await submitted(pipeline.replace('drawing }', 'drawing, resources: { gpu: 1 } }'));
    expect((await task.work()).refused).toMatchObject({
      message: 'A job of picture asks for 1 GPU, and there are 0 for this run.',
      hint: expect.stringContaining('Ask the cluster for nodes that have it') as string,
    });
  });

  it('says that it finds no task where the disk of the store is not mounted', async () => {
    const { workspace, folder } = await submitted();
    await rename(dirname(folder), `${dirname(folder)}-away`);
    const { exitCode, error } = await workspace.command('worker', dirname(folder), '0');
    expect(exitCode).toBe(2);
    expect(error).toMatch(/finds no task 0 in .*\n.*is it mounted here\?/);
  });

  it('leaves an attempt alone that nobody waits for any more', async () => {
    const task = await submitted();
    await writeFile(join(task.folder, 'given-up.json'), '{}');
    expect((await task.work()).error).toContain('Nobody waits for this attempt any more');
    expect(await readdir(task.folder)).not.toContain('result.json');
  });
});
