import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityText, thisProcess } from '../../../pipeline/core/process-identity.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const one = '  one: { uses: number, with: { value: 1 } }\n';
const copies =
  "  copies: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: 'a/{stem}' } }\n";
const arms = (labels: string): string =>
  `  many: { uses: number, matrix: { k: [${labels}] }, with: { value: "\${matrix.k}" } }\n`;
const file = (...stages: readonly string[]): string => `version: 1\nstages:\n${stages.join('')}`;
const later = new Date(Date.now() + 60_000);

async function workspaceOf(...stages: readonly string[]): Promise<Workspace> {
  const workspace = await Workspace.create(
    { 'pipeline.yaml': file(...stages), 'in/x.txt': 'x', 'in/y.txt': 'y' },
    registry,
  );
  expect((await workspace.run()).exitCode).toBe(0);
  return workspace;
}

/** Writes the file anew and runs it. @returns what was said of views that are shown no more */
async function runWith(workspace: Workspace, ...stages: readonly string[]): Promise<readonly string[]> {
  await workspace.write('pipeline.yaml', file(...stages));
  const { out, exitCode } = await workspace.command('run', '@pipeline.yaml');
  expect(exitCode, out).toBe(0);
  return out.split('\n').filter((line) => line.startsWith('- out/'));
}

describe('out/', () => {
  it('no longer shows a stage that is not in the file, and shows it again out of the store', async () => {
    const workspace = await workspaceOf(one, copies);
    expect(await workspace.list('out')).toEqual(['copies', 'one']);
    expect(await runWith(workspace, one)).toEqual(['- out/copies  shown no more: it is not in the file']);
    expect(await workspace.list('out')).toEqual(['one']);
    await workspace.write('pipeline.yaml', file(one, copies));
    expect((await workspace.run()).stages).toEqual({ one: 'reused', copies: 'reused' });
    expect(await workspace.list('out/copies/a')).toEqual(['x', 'y']);
  });

  it('no longer shows a label that is not in the matrix, and keeps the others', async () => {
    const workspace = await workspaceOf(one, arms('1, 2, 3'));
    expect(await runWith(workspace, one, arms('1, 3'))).toEqual([
      '- out/many/k=2  shown no more: it is not in the file',
    ]);
    expect(await workspace.list('out/many')).toEqual(['k=1', 'k=3']);
    await runWith(workspace, one);
    expect(await workspace.list('out')).toEqual(['one']);
  });

  it('goes from axes to none and back', async () => {
    const workspace = await workspaceOf(arms('1, 2'));
    await workspace.write('out/many/mine.txt', 'mine');
    const plain = '  many: { uses: number, with: { value: 9 } }\n';
    await runWith(workspace, plain);
    expect(await workspace.list('out/many')).toEqual(['mine.txt', 'n']);
    await runWith(workspace, arms('1'));
    expect(await workspace.list('out/many')).toEqual(['k=1', 'mine.txt']);
  });

  it('keeps what people put into a view that is shown no more, and says so', async () => {
    const workspace = await workspaceOf(one, copies);
    await workspace.write('out/copies/notes/why.txt', 'because');
    await rename(workspace.path('out/copies/a/x'), workspace.path('out/x'));
    await writeFile(workspace.path('out/copies/a/x'), 'edited');
    await utimes(workspace.path('out/copies/a/x'), later, later);
    expect(await runWith(workspace, one)).toEqual([
      '- out/copies  shown no more: it is not in the file; 2 files of yours stay there',
    ]);
    expect(await workspace.read('out/copies/notes/why.txt')).toBe('because');
    expect(await workspace.read('out/copies/a/x')).toBe('edited');
    expect(await workspace.list('out/copies/a')).toEqual(['x']);
    // From now on a folder like any other.
    expect(await runWith(workspace, one)).toEqual([]);
  });

  it('keeps what people put into a view when it shows something else, edited files beside the new', async () => {
    const workspace = await workspaceOf(copies);
    await workspace.write('out/copies/notes.txt', 'mine');
    await rm(workspace.path('out/copies/a/x'));
    await writeFile(workspace.path('out/copies/a/x'), 'edited');
    await utimes(workspace.path('out/copies/a/x'), later, later);
    for (const content of ['new', 'newer']) {
      await workspace.write('in/x.txt', content);
      await workspace.run();
      expect(await workspace.list('out/copies')).toEqual(['a', 'notes.txt']);
      expect(await workspace.list('out/copies/a')).toEqual(['x', 'x.kept', 'y']);
      expect(await workspace.read('out/copies/a/x')).toBe(content);
      expect(await workspace.read('out/copies/a/x.kept')).toBe('edited');
    }
  });

  it('gives back what people had put into a view that was being replaced when the run was killed', async () => {
    const workspace = await workspaceOf(copies);
    await workspace.write('out/copies/notes.txt', 'mine');
    const dead = identityText({ ...thisProcess, pid: 4194400 });
    await rename(workspace.path('out/copies'), workspace.path(`out/.copies.old.${dead}`));
    await mkdir(workspace.path(`out/.copies.new.${dead}`, 'half'), { recursive: true });
    await workspace.run();
    expect(await workspace.list('out/copies')).toEqual(['a', 'notes.txt']);
    expect(await workspace.list('out/copies/a')).toEqual(['x', 'y']);
    expect((await workspace.command('run', '@pipeline.yaml')).exitCode).toBe(0);
  });

  it('is left alone where another pipeline file shows something, until that file is gone', async () => {
    const workspace = await workspaceOf(one);
    await workspace.write('other.yaml', `name: other\n${file(copies)}`);
    expect((await workspace.command('run', '@other.yaml')).exitCode).toBe(0);
    await runWith(workspace, one);
    expect(await workspace.list('out')).toEqual(['copies', 'one']);
    await rm(workspace.path('other.yaml'));
    expect(await runWith(workspace, one)).toHaveLength(1);
    expect(await workspace.list('out')).toEqual(['one']);
  });

  it('is not touched by a run of a few stages only, as far as they are in the file', async () => {
    const workspace = await workspaceOf(one, copies);
    expect((await workspace.run('one')).exitCode).toBe(0);
    expect(await workspace.list('out')).toEqual(['copies', 'one']);
    expect(await workspace.list(join('out', 'copies', 'a'))).toEqual(['x', 'y']);
  });
});
