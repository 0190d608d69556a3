import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunEvent } from '../../../pipeline/events/event.js';
import type { Item } from '../../../pipeline/stage/context.js';
import { defineMapStage } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { Workspace } from '../../support/workspace.js';

const stage = (name: string, glob: string, more = ''): string =>
  `  ${name}: { uses: command, with: { each: '${glob}', run: [sh, -c, 'echo {stem} >> ../made; sleep 0.05; cp {input} {output}'], outputs: '{stem}'${more} } }\n`;
const names = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3'];

async function workspaceOf(first: string, second: string): Promise<Workspace> {
  const inputs = names.flatMap((name) => [1, 2].map((folder) => [`${folder}/in/${name}.txt`, name]));
  return Workspace.create({
    '1/pipeline.yaml': `version: 1\nname: same\nstages:\n${first}`,
    '2/pipeline.yaml': `version: 1\nname: same\nstages:\n${second}`,
    ...(Object.fromEntries(inputs) as Record<string, string>),
  });
}

/** Two runs at once in two folders with one store; the names of what was made, and what each run saw. */
async function bothAtOnce(workspace: Workspace): Promise<{ made: string[]; events: RunEvent[][] }> {
  const run = (folder: string): ReturnType<Workspace['command']> =>
    workspace.command('run', `@${folder}`, '--json', '--store', workspace.path('store'), '--jobs', '2');
  const runs = await Promise.all([run('1'), run('2')]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const made = (await workspace.read('made')).trim().split('\n').sort();
  return { made, events: runs.map(({ events }) => [...events]) };
}

const ends = (events: readonly RunEvent[]): string[] =>
  events.flatMap(({ type }) => (/^stage-(succeeded|reused|waits)$/.test(type) ? [type] : []));

describe('two runs that share a store', () => {
  it('make a stage that both have once; the one waits for the other and says so', async () => {
    const workspace = await workspaceOf(stage('c', 'in/*'), stage('c', 'in/*'));
    const { made, events } = await bothAtOnce(workspace);
    expect(made).toEqual(names);
    expect(events.map(ends).sort()).toEqual([['stage-succeeded'], ['stage-waits', 'stage-reused']]);
    for (const folder of ['1', '2']) expect(await workspace.list(`${folder}/out/c`)).toEqual(names);
    expect(await workspace.list('store/locks')).toEqual([]);
  });

  it('make each item once that stages of theirs have in common', async () => {
    const workspace = await workspaceOf(stage('c', 'in/[ab]*'), stage('c', 'in/[bc]*'));
    const { made } = await bothAtOnce(workspace);
    expect(made).toEqual(names);
    expect(await workspace.list('1/out/c')).toEqual(names.slice(0, 6));
    expect(await workspace.list('2/out/c')).toEqual(names.slice(3));
    expect(await workspace.list('store/locks')).toEqual([]);
  });

  it('try for themselves what the other one failed to make', async () => {
    const failing = stage('c', 'in/*').replace('sleep 0.05;', 'sleep 0.05; exit 1;');
    const workspace = await workspaceOf(failing, failing);
    const run = (folder: string): ReturnType<Workspace['command']> =>
      workspace.command('run', `@${folder}`, '--json', '--store', workspace.path('store'));
    const runs = await Promise.all([run('1'), run('2')]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
    expect((await workspace.read('made')).trim().split('\n')).toHaveLength(2 * names.length);
  });
});

describe('two stages of one run', () => {
  it('that make the same make it once', async () => {
    const workspace = await workspaceOf(stage('x', 'in/*') + stage('y', 'in/*'), stage('x', 'in/*'));
    const { exitCode, events } = await workspace.command('run', '@1', '--json');
    expect(exitCode).toBe(0);
    expect((await workspace.read('made')).trim().split('\n').sort()).toEqual(names);
    expect(events.find(({ type }) => type === 'stage-waits')).toMatchObject({ sameRun: true });
    for (const name of ['x', 'y']) expect(await workspace.list(`1/out/${name}`)).toEqual(names);
  });

  it('that make the same fail once, even when the run goes on after failures', async () => {
    const failing = stage('x', 'in/*').replace('sleep 0.05;', 'sleep 0.05; exit 1;');
    const workspace = await workspaceOf(failing + failing.replace('x:', 'y:'), stage('x', 'in/*'));
    const { exitCode, events } = await workspace.command('run', '@1', '--json', '--keep-going');
    expect(exitCode).toBe(1);
    expect((await workspace.read('made')).trim().split('\n').sort()).toEqual(names);
    expect(events.filter(({ type }) => type === 'stage-failed')).toHaveLength(2);
  });

  it('that have some items in common make each once', async () => {
    const workspace = await workspaceOf(stage('x', 'in/[ab]*') + stage('y', 'in/[bc]*'), stage('x', 'in/*'));
    expect((await workspace.command('run', '@1')).exitCode).toBe(0);
    expect((await workspace.read('made')).trim().split('\n').sort()).toEqual(names);
  });

  it('that have one item under two names make it once', async () => {
    const made: string[] = [];
    const twins = defineMapStage<Record<string, never>, Item>({
      kind: 'twins',
      summary: 'Two names for the same.',
      revision: 1,
      params: z.strictObject({}),
      inputs: {},
      outputs: { files: { type: 'files', description: 'Nothing much' } },
      seeded: () => false,
      batchSize: () => 2,
      async *items() {
        yield* [{ id: 'one' }, { id: 'other' }];
      },
      itemKey: () => 'the same',
      async runBatch(items, { commit }) {
        for (const item of items) {
          made.push(item.id);
          await commit(item, { files: {}, value: 'result' });
        }
      },
      async collect(results, { output }) {
        for await (const { item, value } of results)
          await output('files').write(item.id, JSON.stringify(value));
      },
    });
    const files = { 'pipeline.yaml': 'version: 1\nstages:\n  t: { uses: twins }\n' };
    const workspace = await Workspace.create(files, stageRegistry([twins]));
    expect((await workspace.run()).exitCode).toBe(0);
    expect(made).toHaveLength(1);
    for (const name of ['one', 'other']) expect(await workspace.read(`out/t/${name}`)).toBe('"result"');
  });
});
