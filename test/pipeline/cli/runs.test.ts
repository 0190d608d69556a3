import { appendFile, readFile, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const gradeParams = z.strictObject({ ap: z.number().describe('What it measures.') });

/** A stage whose metric is its parameter. */
const gradeStage = defineStage<z.infer<typeof gradeParams>>({
  kind: 'grade',
  summary: 'Gives a metric.',
  revision: 1,
  params: gradeParams,
  inputs: {},
  outputs: { grade: { type: 'grade', description: 'The grade' } },
  seeded: () => false,
  run: async ({ params, metric, output, log }) => {
    log(`measured ${params.ap}`);
    metric('AP50', params.ap);
    metric('AP50/door', 0.1);
    await output('grade').write('g', String(params.ap));
  },
});

const registry = stageRegistry([...tinyStages, gradeStage, commandStage]);
const graded = (ap: number): string => `version: 1
name: trial
stages:
  seven: { uses: number, with: { value: 7 } }
  score: { uses: grade, with: { ap: ${ap} } }
`;

/** Runs twice, with another grade the second time. @returns the runs' ids, the latest first */
async function twoRuns(workspace: Workspace): Promise<readonly [string, string]> {
  await workspace.run();
  await workspace.write('pipeline.yaml', graded(0.625));
  await workspace.run();
  const [last = '', first = ''] = (await workspace.list('.pipeline/runs')).reverse();
  return [last, first];
}

describe('pipeline runs', () => {
  it('lists the runs, the latest first, with what they ran and their figures', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    expect((await workspace.command('runs', '@pipeline.yaml')).out).toBe('trial was not run yet.');
    const [last, first] = await twoRuns(workspace);
    const { out } = await workspace.command('runs', '@pipeline.yaml');
    const [headings, ...rows] = out.split('\n');
    expect(headings).toMatch(/^run +started +outcome +took +ran +reused +figures$/);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(
      new RegExp(
        `^${last} +\\d+ \\w+ \\d+, \\d\\d:\\d\\d UTC +succeeded +.* s +1 of 2 +1 +score/AP50 0\\.625$`,
      ),
    );
    expect(rows[1]).toMatch(new RegExp(`^${first} .* 2 of 2 +0 +score/AP50 0\\.5$`));
  });

  it('calls a run whose journal was cut killed, at whichever byte', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    await workspace.run();
    const [id = ''] = await workspace.list('.pipeline/runs');
    const journal = workspace.path('.pipeline/runs', id, 'journal.ndjson');
    const { length } = await readFile(journal);
    for (const cut of [length - 2, length - 20, Math.round(length / 2)]) {
      await truncate(journal, cut);
      const { out, exitCode } = await workspace.command('runs', '@pipeline.yaml', '--json');
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ runs: [{ id, outcome: 'killed' }] });
    }
    await truncate(journal, 10);
    expect((await workspace.command('runs', '@pipeline.yaml')).out).toBe('trial was not run yet.');
    expect((await workspace.run()).exitCode).toBe(0);
  });

  it('lists, of a shared store, only the runs of this pipeline', async () => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': graded(0.5), 'other.yaml': graded(0.5).replace('trial', 'other') },
      registry,
    );
    await workspace.run();
    expect((await workspace.command('runs', '@other.yaml')).out).toBe('other was not run yet.');
  });
});

describe('pipeline diff', () => {
  it('names the parameters and metrics that differ, and the stages that do not', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    const [last, first] = await twoRuns(workspace);
    const { out } = await workspace.command('diff', '@pipeline.yaml', 'last~1', 'last');
    expect(out).toBe(
      `${first} (succeeded) → ${last} (succeeded)
score  ap: 0.5 → 0.625
       AP50: 0.500 → 0.625 (+0.125)
The same in both: seven.`,
    );
    const back = await workspace.command('diff', '@pipeline.yaml', last, first);
    expect(back.out).toContain('AP50: 0.625 → 0.500 (-0.125)');
    const alike = await workspace.command('diff', '@pipeline.yaml', 'last', last);
    expect(alike.out).toContain('They have the same results.');
  });

  it('names stages that only one of the runs has, and results that are lost', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', graded(0.5).replace('  seven:', '  eight:').replace('7', '8'));
    await workspace.run();
    const { out } = await workspace.command('diff', '@pipeline.yaml', 'last~1', 'last');
    expect(out).toMatch(/seven +ran → absent\neight +absent → ran\nThe same in both: score\.$/);
  });

  it('compares a failed run as far as it got', async () => {
    const command = (program: string): string =>
      `version: 1\nname: trial\nstages:\n  c: { uses: command, with: { run: [sh, -c, '${program}'], outputs: o } }\n`;
    const workspace = await Workspace.create({ 'pipeline.yaml': command('echo > {output}') }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', command('exit 3'));
    await workspace.run();
    const { out } = await workspace.command('diff', '@pipeline.yaml', 'last~1', 'last');
    expect(out).toMatch(
      /\(succeeded\) → .* \(failed\)\nc +ran → failed\n +it has no result of .* \(failed\), so its parameters cannot be compared/,
    );
  });

  it('answers for machines', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    const [last, first] = await twoRuns(workspace);
    const { out } = await workspace.command('diff', '@pipeline.yaml', 'last~1', 'last', '--json');
    expect(JSON.parse(out)).toMatchObject({
      before: { run: first, outcome: 'succeeded' },
      after: { run: last },
      stages: [
        { stage: 'seven', before: 'ran', after: 'cached', same: true, changes: [] },
        {
          stage: 'score',
          same: false,
          changes: [{ part: 'params', path: 'ap', before: 0.5, after: 0.625 }],
          metrics: [{ metric: 'AP50', before: 0.5, after: 0.625 }],
        },
      ],
    });
  });

  it.each([
    [
      ['diff', '@pipeline.yaml', 'last', '1999'],
      /There is no run 1999 of trial\.\nIt takes an id, the beginning of one/,
    ],
    [['diff', '@pipeline.yaml', 'last', 'last~9'], /There is no run last~9/],
    [['diff', '@pipeline.yaml', '20', 'last'], /Several runs begin with 20\.\n {2}20\d\d-.*\n {2}20\d\d-/],
    [['diff', 'last'], /It is used like this: pipeline diff \[FILE\] RUN RUN/],
    [['runs', '@pipeline.yaml', 'more'], /It is used like this: pipeline runs \[FILE\]\./],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    await twoRuns(workspace);
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

describe('pipeline logs', () => {
  it('prints what a stage printed when it last ran, and says on the other stream when that was', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    const [last, first] = await twoRuns(workspace);
    await workspace.run();
    const { out, error } = await workspace.command('logs', '@pipeline.yaml', 'score');
    expect(out).toBe('measured 0.625');
    expect(error).toBe(`score in run ${last}: ran`);
    expect((await workspace.command('logs', '@pipeline.yaml', 'score', '--run', first)).out).toBe(
      'measured 0.5',
    );
    const silent = await workspace.command('logs', '@pipeline.yaml', 'seven', '--run', 'last~2');
    expect(silent).toMatchObject({ out: '', error: `seven in run ${first}: it printed nothing` });
    const { out: json } = await workspace.command('logs', '@pipeline.yaml', 'score', '--json');
    expect(JSON.parse(json)).toMatchObject({
      run: last,
      stage: 'score',
      state: 'ran',
      lines: ['measured 0.625'],
    });
  });

  it('follows a stage that still runs until it ends', async () => {
    const waiting = `version: 1
name: trial
stages:
  c: { uses: command, with: { run: [sh, -c, 'echo one; until test -f go; do sleep .02; done; echo two; echo > {output}'], outputs: o } }
`;
    const workspace = await Workspace.create({ 'pipeline.yaml': waiting }, registry);
    const running = workspace.run();
    let following: ReturnType<Workspace['command']> | undefined;
    for (let tries = 0; tries < 200 && !following; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      const { out } = await workspace.command('logs', '@pipeline.yaml', 'c');
      if (out !== 'one') continue;
      const { out: listed } = await workspace.command('runs', '@pipeline.yaml', '--json');
      expect(JSON.parse(listed)).toMatchObject({ runs: [{ outcome: 'running' }] });
      following = workspace.command('logs', '@pipeline.yaml', 'c', '--follow');
    }
    await workspace.write('go', '');
    expect((await running).exitCode).toBe(0);
    expect(await following).toMatchObject({ exitCode: 0, out: 'one\ntwo' });
  });

  it('takes an instance by its labels, of a pipeline in TypeScript as well', async () => {
    const file = `import { definePipeline } from 'darkroom';
export default definePipeline({
  version: 1,
  name: 'trial',
  stages: { c: { uses: 'command', matrix: { n: [1, 2] }, with: { run: ['sh', '-c', 'echo \${matrix.n}; echo > {output}'], outputs: 'o' } } },
});
`;
    const workspace = await Workspace.create({ 'pipeline.ts': file }, registry);
    expect((await workspace.command('run', '@pipeline.ts')).exitCode).toBe(0);
    expect(await workspace.command('logs', '@pipeline.ts', 'c[n=2]')).toMatchObject({
      exitCode: 0,
      out: '2',
    });
    const { exitCode, error } = await workspace.command('logs', '@pipeline.ts', 'c');
    expect(error).toMatch(/^c is made 2 times in .*: say which one\.\n.*c\[n=1\], c\[n=2\]/);
    expect(exitCode).toBe(2);
    const { out } = await workspace.command('runs', '@pipeline.ts', '--json');
    expect(JSON.parse(out)).toMatchObject({ runs: [{ outcome: 'succeeded' }] });
    expect(await workspace.command('diff', '@pipeline.ts', 'last', 'last')).toMatchObject({ exitCode: 0 });
  });

  it('prints what is whole of the log of a killed run', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    await workspace.run();
    const [id = ''] = await workspace.list('.pipeline/runs');
    const directory = workspace.path('.pipeline/runs', id);
    const journal = await readFile(`${directory}/journal.ndjson`, 'utf8');
    await truncate(`${directory}/journal.ndjson`, journal.indexOf('{"type":"stage-succeeded"') + 30);
    await appendFile(`${directory}/logs/score.log`, 'cut o');
    const { out, error } = await workspace.command('logs', '@pipeline.yaml', 'score');
    expect(out).toBe('measured 0.5\ncut o');
    expect(error).toBe(`score in run ${id}: interrupted`);
    // Nobody goes on writing it, so following it comes to an end.
    const followed = await workspace.command('logs', '@pipeline.yaml', 'score', '--follow');
    expect(followed).toMatchObject({ exitCode: 0, out: 'measured 0.5\ncut o' });
  });

  it.each([
    [['logs', '@pipeline.yaml', 'scroe'], /trial has no stage scroe\.\nDid you mean score\?/],
    [
      ['logs', '@pipeline.yaml', 'seven', '--run', 'last'],
      /seven did not run in .*: its result came from the store\./,
    ],
    [['logs', '@pipeline.yaml', 'late'], /late of trial did not run yet, so it has no log\./],
    [['logs', '@pipeline.yaml', 'score', '--json', '--follow'], /--json and --follow do not go together/],
    [['logs', '@pipeline.yaml', 'score', '--run', 'first'], /There is no run first of trial/],
    [['logs'], /It is used like this: pipeline logs \[FILE\] STAGE/],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const workspace = await Workspace.create({ 'pipeline.yaml': graded(0.5) }, registry);
    await twoRuns(workspace);
    await workspace.write('pipeline.yaml', `${graded(0.5)}  late: { uses: number, with: { value: 1 } }\n`);
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
