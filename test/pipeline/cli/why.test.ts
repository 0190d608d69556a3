import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const numbers = (value: number): string => `version: 1
stages:
  seven: { uses: number, with: { value: ${value} } }
  parts: { uses: halves, in: { of: seven } }
  total: { uses: sum, in: { numbers: [parts.low] } }
`;
const copies = `version: 1
stages:
  home: { uses: command, with: { each: assets/*, run: [cp, '{input}', '{output}'], outputs: '{stem}.frame' } }
  boxes: { uses: command, in: { files: home }, with: { each: '*', run: [cp, '{input}', '{output}'], outputs: '{stem}.box' } }
`;

async function why(workspace: Workspace, target: string): Promise<string> {
  const { exitCode, out, error } = await workspace.command('why', '@pipeline.yaml', target);
  expect(error).toBe('');
  expect(exitCode).toBe(0);
  return out;
}

describe('pipeline why', () => {
  it('says of a stage that was never made that it was not, and of those that wait what they wait for', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    expect(await why(workspace, 'seven')).toBe('seven would run, because\n  it was never made before');
    expect(await why(workspace, 'total')).toBe(
      `total would run if what it takes from others changes:
  parts would run if what it takes from others changes:
    seven would run, because
      it was never made before`,
    );
  });

  it('tells instances apart, takes their labels in any order, and asks which one is meant', async () => {
    const file = `version: 1
stages:
  seven: { uses: number, matrix: { n: [7, 8], m: [a, b] }, with: { value: '\${matrix.n}' } }
`;
    const workspace = await Workspace.create({ 'pipeline.yaml': file }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', file.replace('7, 8', '7, 9'));
    expect(await why(workspace, 'seven[n=7,m=b]')).toMatch(/^seven\[m=b,n=7\] is up to date/);
    expect(await why(workspace, 'seven[m=a,n=9]')).toMatch(/^seven\[m=a,n=9\] would run, because\n/);
    const { exitCode, error } = await workspace.command('why', '@pipeline.yaml', 'seven[n=9]');
    expect(error).toMatch(
      /^seven\[n=9\] is made 2 times: say which one\.\n.*seven\[m=a,n=9\], seven\[m=b,n=9\]/,
    );
    expect(exitCode).toBe(2);
  });

  it('names the parameter with its old and its new value before the run', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', numbers(8));
    expect(await why(workspace, 'seven')).toMatch(/^seven would run, because\n {2}value: 7 → 8\n/);
    expect(await why(workspace, 'total')).toMatch(/^ {4}seven would run, because\n {6}value: 7 → 8$/m);
  });

  it('follows changes upstream after the run, and counts how often the result was reused since', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', numbers(12));
    await workspace.run();
    await workspace.run();
    const out = await why(workspace, 'total');
    expect(out).toMatch(/^total is up to date: it was made on \d+ \w+ \d{4}, \d\d:\d\d UTC, in /);
    expect(out).toMatch(/It ran in run .*, and was reused in 1 run since; it ran because/);
    expect(out).toMatch(
      /\n {2}input numbers changed \(from parts\): \w{8} → \w{8}\n {4}parts was made anew, because\n {6}input of changed \(from seven\): .*\n {8}seven was made anew, because\n {10}value: 7 → 12$/,
    );
  });

  it('tells of the run that made the present result, not of a later one that made another', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    for (const value of [5, 7, 9, 7]) {
      await workspace.write('pipeline.yaml', numbers(value));
      await workspace.run();
    }
    const runs = await workspace.list('.pipeline/runs');
    const out = await why(workspace, 'seven');
    expect(out).toContain(`It ran in run ${runs[1] ?? ''} `);
    expect(out).toMatch(/, and was reused in 1 run since; it ran because\n {2}value: 5 → 7$/);
  });

  it('names the one file that was edited, for the stage, for those after it and for an item', async () => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': copies, 'assets/floor.png': 'floor', 'assets/wall.png': 'wall' },
      registry,
    );
    await workspace.run();
    await workspace.write('assets/wall.png', 'another wall');
    const edited = /assets\/wall\.png changed: \w{8} → \w{8}$/m;
    expect(await why(workspace, 'home')).toMatch(edited);
    expect(await why(workspace, 'home')).not.toContain('floor');
    expect(await why(workspace, 'boxes')).toMatch(edited);
    expect(await why(workspace, 'home/wall.png')).toMatch(
      new RegExp(
        `^home/wall\\.png would be made, because it differs from wall\\.png of run .*:\n {2}its input: \\w{8} → \\w{8}\n {2}${edited.source}$`,
      ),
    );
    expect(await why(workspace, 'home/floor.png')).toMatch(
      /^home\/floor\.png would come out of the store: it was made on .*\.\nNothing of it differs from floor\.png of run /,
    );
    expect(await why(workspace, 'boxes/wall.frame')).toMatch(
      /^Which items boxes has is known when it no longer waits for others\.\n/,
    );

    await workspace.run();
    expect(await why(workspace, 'boxes')).toMatch(
      new RegExp(
        `input files changed \\(from home\\): .*\n {4}home was made anew, because\n {6}${edited.source}$`,
      ),
    );
    const item = await why(workspace, 'boxes/wall.frame');
    expect(item).toMatch(
      /^boxes\/wall\.frame is up to date: it was made on .*; it differs from wall\.frame of run /,
    );
    expect(item).toMatch(
      new RegExp(
        `input files/wall\\.frame changed \\(from home\\): .*\n {4}home was made anew, because\n {6}${edited.source}$`,
      ),
    );
    expect(await why(workspace, 'boxes/floor.frame')).toMatch(
      /Nothing of it differs from floor\.frame of run /,
    );
  });

  it('compares a new item with the nearest of the earlier ones', async () => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': copies, 'assets/floor.png': 'floor' },
      registry,
    );
    await workspace.run();
    await workspace.write('assets/wall.png', 'wall');
    expect(await why(workspace, 'home/wall.png')).toMatch(
      /because it is new; nearest to it is floor\.png of run .*:\n {2}its input: .*\n {2}its output: "floor\.frame" → "wall\.frame"\n/,
    );
  });

  it('compares a renamed and changed stage with the nearest one of its kind', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await workspace.write(
      'pipeline.yaml',
      'version: 1\nstages:\n  eight: { uses: number, with: { value: 8 } }\n',
    );
    expect(await why(workspace, 'eight')).toMatch(
      /^eight would run, because\n {2}it was never made before; the nearest is seven of run .*:\n {2}value: 7 → 8$/,
    );
  });

  it('says of a stage that failed when that was, and what it would run for now', async () => {
    const failing = "version: 1\nstages:\n  c: { uses: command, with: { run: ['false'] } }\n";
    const workspace = await Workspace.create({ 'pipeline.yaml': failing }, registry);
    expect((await workspace.run()).exitCode).toBe(1);
    expect(await why(workspace, 'c')).toMatch(
      /^c would run, because\n {2}it was never made before\nIt last failed in run .*; it ran because\n {2}it was never made before$/,
    );
  });

  it('answers for machines', async () => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': copies, 'assets/wall.png': 'wall' },
      registry,
    );
    await workspace.run();
    await workspace.write('assets/wall.png', 'another');
    const answer = async (target: string): Promise<unknown> =>
      JSON.parse((await workspace.command('why', '@pipeline.yaml', target, '--json')).out);
    const change = { part: 'sources', role: 'each', path: 'wall.png' };
    expect(await answer('home')).toMatchObject({
      stage: 'home',
      state: 'runs',
      because: { causes: [{ change }], reasons: ['assets/wall.png changed'], with: { stage: 'home' } },
      lastRun: { state: 'ran', reusedSince: 0, because: { reasons: ['it was never made before'] } },
    });
    expect(await answer('home/wall.png')).toMatchObject({
      stage: 'home',
      item: 'wall.png',
      state: 'runs',
      causes: [{ change: { part: 'item', path: 'input' } }, { change }],
    });
  });

  it.each([
    [['why', '@pipeline.yaml', 'totl'], /There is no stage totl\.\nDid you mean total\?/],
    [['why', '@pipeline.yaml', 'copy/a.tx'], /copy has no item a\.tx\.\nDid you mean a\.txt\?/],
    [['why', '@pipeline.yaml', 'copy/elsewhere'], /copy has no item elsewhere\.\nIt has 1: a\.txt\./],
    [
      ['why', '@pipeline.yaml', 'seven/1'],
      /seven is made as a whole: number has no items\.\nAsk for seven\./,
    ],
    [
      ['why'],
      /why does not know what to do with no words\.\nIt is used like this: pipeline why \[FILE\] STAGE/,
    ],
    [['why', 'a', 'b', 'c'], /It is used like this/],
    [['why', '@missing.yaml', 'total'], /There is no pipeline file/],
  ])('refuses %j with exit code 2 and says what was meant', async (argv, message) => {
    const copy =
      "  copy: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }\n";
    const workspace = await Workspace.create(
      { 'pipeline.yaml': numbers(7) + copy, 'in/a.txt': 'a' },
      registry,
    );
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
