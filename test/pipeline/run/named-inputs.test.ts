import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

/** A table with a row for each number, named or by place. */
function tableStage(named: boolean): ReturnType<typeof defineStage> {
  return defineStage<object>({
    kind: named ? 'named-table' : 'table',
    summary: 'Lists numbers.',
    revision: 1,
    params: z.strictObject({}),
    inputs: { numbers: { type: 'number', many: true, named, description: 'What to list' } },
    outputs: { table: { type: 'text', description: 'The table' } },
    seeded: () => false,
    run: async ({ inputList, namedInputs, output }) => {
      const rows: string[] = [];
      if (named)
        for (const { name, stage, output: of, axes, artifact } of namedInputs('numbers'))
          rows.push(`${name}: ${stage} ${of} ${JSON.stringify(axes)} ${await artifact.readText('n')}`);
      else
        for (const { name, artifact } of inputList('numbers'))
          rows.push(`${name}: ${await artifact.readText('n')}`);
      await output('table').write('table.txt', rows.join('\n'));
    },
  });
}

const registry = stageRegistry([...tinyStages, tableStage(true), tableStage(false)]);
const file = (arms: string, name = 'made'): string => `version: 1
stages:
  ${name}: { uses: number, matrix: { arm: { ${arms} } }, with: { value: "\${matrix.arm}" } }
  six: { uses: number, with: { value: 6 } }
  by-name: { uses: named-table, in: { numbers: [six, ${name}] } }
  by-place: { uses: table, in: { numbers: [six, ${name}] } }
`;

describe('an input that is a list', () => {
  let workspace: Workspace;

  beforeEach(async () => {
    workspace = await Workspace.create({ 'pipeline.yaml': file('b: 1, a: 2') }, registry);
    await workspace.run();
  });

  it('hands the names of stages and labels out where it is named, and only there', async () => {
    expect((await workspace.read('out/by-name/table.txt')).split('\n')).toEqual([
      'made[arm=a]: made number {"arm":"a"} 2',
      'made[arm=b]: made number {"arm":"b"} 1',
      'six: six number {} 6',
    ]);
    expect((await workspace.read('out/by-place/table.txt')).split('\n')).toEqual([
      'numbers 1: 6',
      'numbers 2: 2',
      'numbers 3: 1',
    ]);
  });

  it('is made anew with another name where it is named, and says so; elsewhere it is not', async () => {
    await workspace.write('pipeline.yaml', file('b: 1, a: 2', 'renamed'));
    const plan = await workspace.command('plan', '@pipeline.yaml');
    expect(plan.out).toMatch(
      /> +by-name +named-table +input numbers is of others: \+ renamed\[arm=a\]\.number, \+ renamed\[arm=b\]\.number, - made\[arm=a\]\.number, - made\[arm=b\]\.number$/m,
    );
    const { stages } = await workspace.run();
    expect(stages).toMatchObject({ 'by-name': 'succeeded', 'by-place': 'reused' });
    expect(await workspace.read('out/by-name/table.txt')).toContain('renamed[arm=a]');
  });

  it('is made anew when two swap their values, for then the names belong to others', async () => {
    await workspace.write('pipeline.yaml', file('b: 2, a: 1'));
    expect((await workspace.run()).stages).toMatchObject({ 'by-name': 'succeeded', 'by-place': 'succeeded' });
    expect(await workspace.read('out/by-name/table.txt')).toContain('made[arm=b]: made number {"arm":"b"} 2');
  });

  it('does not mind another order in the file: of labels anywhere, of stages where they have names', async () => {
    await workspace.write('pipeline.yaml', file('a: 2, b: 1').replaceAll('[six, made]', '[made, six]'));
    expect((await workspace.run()).stages).toMatchObject({ 'by-name': 'reused', 'by-place': 'succeeded' });
    await workspace.write('pipeline.yaml', file('a: 2, b: 1'));
    expect((await workspace.run()).stages).toMatchObject({ 'by-name': 'reused', 'by-place': 'reused' });
  });

  it('refuses names to a stage that has not declared that they count', async () => {
    const curious = defineStage<object>({
      ...tableStage(false),
      kind: 'curious',
      params: z.strictObject({}),
      run: ({ namedInputs }) => Promise.resolve(void namedInputs('numbers')),
    });
    const text =
      'version: 1\nstages:\n  six: { uses: number, with: { value: 6 } }\n  c: { uses: curious, in: { numbers: six } }\n';
    const other = await Workspace.create({ 'pipeline.yaml': text }, stageRegistry([...tinyStages, curious]));
    expect((await other.command('run', '@pipeline.yaml')).out).toContain(
      'curious does not declare its input numbers as named.',
    );
  });
});
