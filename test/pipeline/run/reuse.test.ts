import { rename, rm, utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { itemCounts, Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const numbers = (value: number): string => `version: 1
stages:
  seven: { uses: number, with: { value: ${value} } }
  parts: { uses: halves, in: { of: seven } }
  total: { uses: sum, in: { numbers: [parts.low] } }
`;

describe('reuse', () => {
  it('runs nothing the second time', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    expect((await workspace.run()).stages).toEqual({
      seven: 'succeeded',
      parts: 'succeeded',
      total: 'succeeded',
    });
    expect((await workspace.run()).stages).toEqual({ seven: 'reused', parts: 'reused', total: 'reused' });
  });

  it('stops at an output that did not change', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', numbers(6));
    // Half of 6 and half of 7, rounded down, are both 3.
    expect((await workspace.run()).stages).toEqual({
      seven: 'succeeded',
      parts: 'succeeded',
      total: 'reused',
    });
    expect(await workspace.read('out/total/sum.txt')).toBe('3');
  });

  it('does not mind another order of keys, other names, another folder or defaults that are spelt out', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    const moved = `stages:
  sum-of-all: { in: { numbers: [halved.low] }, uses: sum }
  halved: { in: { of: number }, uses: halves }
  number: { with: { mode: plain, value: 7 }, uses: number }
version: 1
`;
    await workspace.write('elsewhere/pipeline.yaml', moved);
    await rename(workspace.path('.pipeline'), workspace.path('elsewhere/.pipeline'));
    const { events } = await workspace.command('run', '@elsewhere', '--json');
    expect(events.filter(({ type }) => type === 'stage-started')).toEqual([]);
    expect(await workspace.read('elsewhere/out/sum-of-all/sum.txt')).toBe('3');
  });

  it('does not mind touched files', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml':
          "version: 1\nstages:\n  c: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }\n",
        'in/a.txt': 'a',
      },
      registry,
    );
    await workspace.run();
    await utimes(workspace.path('in/a.txt'), 1, 1);
    expect((await workspace.run()).stages).toEqual({ c: 'reused' });
  });

  it('makes only the items that are new', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml':
          "version: 1\nstages:\n  c: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }\n",
        'in/a.txt': 'a',
        'in/b.txt': 'b',
      },
      registry,
    );
    await workspace.run();
    await workspace.write('in/c.txt', 'c');
    const { events } = await workspace.run();
    expect(itemCounts(events, 'c')).toEqual({ made: 1, reused: 2 });
    expect(await workspace.list('out/c')).toEqual(['a', 'b', 'c']);
  });

  it('refuses the result of a stage whose source changed while it ran', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml':
          "version: 1\nstages:\n  c: { uses: command, with: { each: in/*, run: [sh, -c, 'cat {input} > {output}; echo more >> in/a.txt'], outputs: '{stem}' } }\n",
        'in/a.txt': 'a',
      },
      registry,
    );
    const { exitCode, events } = await workspace.run();
    expect(exitCode).toBe(1);
    expect(events.find((event) => event.type === 'stage-failed')?.message).toMatch(
      /a\.txt changed while c ran/,
    );
    await expect(workspace.list('out')).rejects.toThrow('ENOENT');
  });

  it('makes the result again when its content is gone from the store', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await rename(workspace.path('.pipeline/blobs'), workspace.path('lost'));
    expect((await workspace.run()).stages).toEqual({
      seven: 'succeeded',
      parts: 'succeeded',
      total: 'succeeded',
    });
    expect(await workspace.read('out/total/sum.txt')).toBe('3');
  });
});

describe('pipeline plan', () => {
  const planned = async (workspace: Workspace): Promise<string> =>
    (await workspace.command('plan', '@pipeline.yaml')).out;

  it('says what would run and why, without running it', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    expect(await planned(workspace)).toMatch(
      /seven +number +it was never made before\n… +parts +halves +waits for seven/,
    );
    await workspace.run();
    expect(await planned(workspace)).toContain('Nothing to do.');
    await workspace.write('pipeline.yaml', numbers(8));
    expect(await planned(workspace)).toMatch(/> +seven +number +value: 7 → 8/);
    await expect(workspace.list('out/seven')).resolves.toEqual(['n']);
  });

  it('counts items and names the source file that changed', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml':
          "version: 1\nstages:\n  c: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }\n",
        'in/a.txt': 'a',
        'in/b.txt': 'b',
      },
      registry,
    );
    await workspace.run();
    await workspace.write('in/b.txt', 'other');
    expect(await planned(workspace)).toContain('1 of 2 items reused, 1 new because in/b.txt changed');
    await rm(workspace.path('in/b.txt'));
    expect(await planned(workspace)).toContain(
      'the 1 item reused, put together anew because each b.txt is gone',
    );
  });
});
