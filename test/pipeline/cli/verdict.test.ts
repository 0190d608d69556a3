import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { judgingStage } from '../../support/judging-stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, judgingStage]);
const pipeline = (score: number, more = ''): string =>
  `version: 1\nname: night\n${more}stages:\n  judge: { uses: judge, with: { score: ${score} } }\n`;

async function workspace(score: number, more = ''): Promise<Workspace> {
  return Workspace.create({ 'pipeline.yaml': pipeline(score, more) }, registry);
}

/** Runs it with another score. */
async function again(space: Workspace, score: number, ...argv: readonly string[]) {
  return space.command('run', '@pipeline.yaml', '--set', `stages.judge.with.score=${score}`, ...argv);
}

async function pageOf(space: Workspace, ...argv: readonly string[]): Promise<string> {
  const { out } = await space.command('report', '@pipeline.yaml', ...argv);
  const path = /^report: (.*)$/m.exec(out)?.[1];
  if (path === undefined) throw new Error(`no report in ${out}`);
  return space.read(path.slice(space.directory.length + 1));
}

describe('the page of a run', () => {
  it('begins with the verdict, and says what was changed since the last run and what came of it', async () => {
    const space = await workspace(0.5);
    await again(space, 0.5);
    await again(space, 0.571);
    const html = await pageOf(space);
    expect(html.indexOf('The score is 0.571.')).toBeGreaterThan(0);
    expect(html.indexOf('The score is 0.571.')).toBeLessThan(html.indexOf('Since the last run'));
    expect(html.indexOf('Since the last run')).toBeLessThan(html.indexOf('<h2>Stages</h2>'));
    expect(html).toContain('score: 0.5 → 0.571');
    expect(html).toContain('<span class="better">quality +0.071 [+0.071, +0.071]</span>');
  });

  it('of an earlier run is compared with the one before that', async () => {
    const space = await workspace(0.5);
    for (const score of [0.5, 0.4, 0.6]) await again(space, score);
    const html = await pageOf(space, 'last~1');
    expect(html).toContain('The score is 0.4.');
    expect(html).toContain('<span class="worse">quality −0.100');
    expect(await pageOf(space, 'last~2')).not.toContain('Since the last run');
  });
});

describe('run --fail-on-regression', () => {
  it('exits with 1 when a measure is worse by more than chance explains, and only then', async () => {
    const space = await workspace(0.5);
    expect((await again(space, 0.5, '--fail-on-regression')).exitCode).toBe(0);
    expect((await again(space, 0.6, '--fail-on-regression')).exitCode).toBe(0);
    const worse = await again(space, 0.55, '--fail-on-regression');
    expect(worse.exitCode).toBe(1);
    expect(worse.out).toContain('worse: judge: quality −0.050 [−0.050, −0.050]');
    expect((await again(space, 0.4)).exitCode).toBe(0);
  });

  it('takes the interval of the old value where the test data is another', async () => {
    const space = await workspace(0.5);
    await again(space, 0.5);
    const other = ['--set', 'stages.judge.with.data=others', '--fail-on-regression'];
    expect((await again(space, 0.49, ...other)).exitCode).toBe(0);
    const worse = await again(space, 0.4, '--set', 'stages.judge.with.data=third', '--fail-on-regression');
    expect(worse.exitCode).toBe(1);
    expect(worse.out).toContain('(on other test data)');
  });
});

describe('notify', () => {
  const hook = `notify: [${JSON.stringify(process.execPath)}, ./tell.mjs]\n`;

  it('calls a program with the verdict as JSON', async () => {
    const space = await workspace(0.5, hook);
    await space.write(
      'tell.mjs',
      `import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync('told.json', readFileSync(0));`,
    );
    await again(space, 0.5);
    await again(space, 0.3);
    expect(JSON.parse(await space.read('told.json'))).toMatchObject({
      pipeline: 'night',
      outcome: 'succeeded',
      sentences: ['The score is 0.3.'],
      measures: [{ stage: 'judge', name: 'quality', value: 0.3, high: 0.32 }],
      since: { changes: [{ text: 'score: 0.5 → 0.3', stages: 'judge' }] },
      regressions: ['judge: quality −0.200 [−0.200, −0.200]'],
      failures: [],
    });
  });

  it('that fails is said, and the run does not pass', async () => {
    const space = await workspace(0.5, hook);
    await space.write('tell.mjs', `console.error('no such room'); process.exit(3);`);
    const { exitCode, error } = await again(space, 0.5);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/^notify: .*exit code 3.*no such room/);
  });
});

describe('history', () => {
  it('lists a metric run by run, as a chart, as CSV and as JSON', async () => {
    const space = await workspace(0.5);
    for (const score of [0.5, 0.6, 0.7]) await again(space, score);
    const { out } = await space.command('history', '@pipeline.yaml', 'quality');
    expect(out.split('\n').filter((line) => line.includes('┤'))).toHaveLength(8);
    expect(out).toMatch(/0\.6 {2}\[0\.58, 0\.62\]/);
    const csv = await space.command('history', '@pipeline.yaml', 'judge/quality', '--csv');
    expect(csv.out.split('\n').map((line) => line.split(',').slice(2).join(','))).toEqual([
      'metric,value,low,high',
      'judge/quality,0.5,0.48,0.52',
      'judge/quality,0.6,0.58,0.62',
      'judge/quality,0.7,0.6799999999999999,0.72',
    ]);
    const json = await space.command('history', '@pipeline.yaml', '--json');
    expect(JSON.parse(json.out)).toEqual({ metrics: ['judge/quality'] });
  });

  it('outlives what gc takes, and knows the metrics of results that came out of the store', async () => {
    const space = await workspace(0.5);
    for (const score of [0.5, 0.6, 0.6]) await again(space, score);
    await space.command('gc', '@pipeline.yaml', '--keep-runs', '1');
    const { out } = await space.command('history', '@pipeline.yaml', 'quality', '--json');
    const { points } = JSON.parse(out) as { points: { value: number }[] };
    expect(points.map(({ value }) => value)).toEqual([0.5, 0.6, 0.6]);
  });

  it('says which metric may be meant', async () => {
    const space = await workspace(0.5);
    await again(space, 0.5);
    const { exitCode, error } = await space.command('history', '@pipeline.yaml', 'qualty');
    expect(exitCode).toBe(2);
    expect(error).toContain('Did you mean quality?');
  });
});
