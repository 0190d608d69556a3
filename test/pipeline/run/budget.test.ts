import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { planPipeline } from '../../../pipeline/plan/plan.js';
import { Budget } from '../../../pipeline/run/budget.js';
import { Predictions } from '../../../pipeline/run/predictions.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const hourMs = 3_600_000;
const file = `version: 1
name: night
stages:
  short: { uses: number, with: { value: 1 } }
  long: { uses: number, with: { value: 2 } }
  half: { uses: halves, in: { of: long } }
  total: { uses: sum, in: { numbers: [short, long] } }
`;

/** A workspace whose store remembers a run in which `long` took two hours and everything else a second. */
async function workspace(text = file): Promise<Workspace> {
  const stages = Object.entries({ short: 'number', long: 'number', half: 'halves', total: 'sum' });
  const entry = {
    version: 1,
    runId: '2020-01-01T00-00-00-000-aaaa',
    pipeline: 'night',
    startedMs: 0,
    tookMs: 2 * hourMs,
    outcome: 'succeeded',
    stages: stages.map(([name, kind]) => ({
      name,
      kind,
      state: 'ran',
      tookMs: name === 'long' ? 2 * hourMs : 1000,
      sizeBytes: 2048,
      metrics: {},
      intervals: {},
    })),
  };
  return Workspace.create(
    { 'pipeline.yaml': text, '.pipeline/history/night/2020.json': JSON.stringify(entry) },
    stageRegistry(tinyStages),
  );
}

describe('a time budget', () => {
  it('leaves out what is not expected to end in time, with what cannot do without, and says so', async () => {
    const space = await workspace();
    const { exitCode, out } = await space.command('run', '@pipeline.yaml', '--set', 'budget=1h');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^- long {2}left out: the budget of 1h has 60 min left, and it takes about 120 min$/m,
    );
    expect(out).toMatch(/^- half {2}left out: it needs long$/m);
    // A list is taken without it.
    expect(await space.read('out/total/sum.txt')).toBe('1');
    const { out: told } = await space.command('report', '@pipeline.yaml', '--json');
    const { report } = JSON.parse(told) as { report: string };
    const html = await space.read(report.slice(space.directory.length + 1));
    expect(html).toContain('The time budget left out 2 stages');
    expect(JSON.parse(told)).toMatchObject({
      outcome: 'succeeded',
      leftOut: [{ stage: 'long' }, { stage: 'half' }],
    });
  });

  it('that is longer leaves nothing out', async () => {
    const space = await workspace();
    const { out } = await space.command('run', '@pipeline.yaml', '--set', 'budget=3h');
    expect(out).not.toContain('left out');
    expect(await space.read('out/total/sum.txt')).toBe('3');
  });

  it('has all instances wait for their turn once before any a second time', () => {
    const seeds = `version: 1
budget: 1h
stages:
  one: { uses: number, with: { value: 1 } }
  a: { uses: draw, matrix: { seed: [1, 2] }, in: { of: one } }
  b: { uses: draw, matrix: { seed: [1, 2] }, in: { of: one }, with: { scale: 2 } }
`;
    const file = parsePipelineFile(seeds, '/night/pipeline.yaml');
    const plan = file.ok && planPipeline(file.value, stageRegistry(tinyStages));
    if (!plan || !plan.ok) throw new Error('no plan');
    const { stages } = plan.value;
    const budget = new Budget({ text: '1h', ms: hourMs }, 0, stages, new Predictions([]));
    const first = [...stages].sort((a, b) => budget.priority(b, 1) - budget.priority(a, 1));
    expect(first.map(({ name }) => name)).toEqual([
      'one',
      'a[seed=1]',
      'b[seed=1]',
      'a[seed=2]',
      'b[seed=2]',
    ]);
    // A batch of items of an earlier stage goes before a later stage as a whole.
    const [one, a1] = first;
    if (!one || !a1) throw new Error('no stages');
    expect(budget.priority(one, 0)).toBeGreaterThan(budget.priority(a1, 1));
  });

  it('is a length of time', async () => {
    const space = await workspace(`${file}budget: 8\n`);
    const { exitCode, error } = await space.command('run', '@pipeline.yaml');
    expect(exitCode).toBe(2);
    expect(error).toContain(
      'pipeline.yaml:8:9: error: budget: a length of time is a number with ms, s, m, h or d',
    );
  });
});

describe('plan --cost', () => {
  it('says what stages took before, what others of their kind took, and of which nothing is known', async () => {
    const space = await workspace(`${file}  new: { uses: number, with: { value: 9 } }\n`);
    const { out } = await space.command('plan', '@pipeline.yaml', '--cost');
    expect(out).toMatch(/long +number +2 h 00 min +2\.0 KiB/);
    // The mean of the numbers.
    expect(out).toMatch(/new +number +~1 h 00 min +~2\.0 KiB/);
    expect(out).toContain('About 3 h 00 min one after the other, and 10 KiB of results');
    const { out: json } = await space.command('plan', '@pipeline.yaml', '--cost', '--json');
    const { stages } = JSON.parse(json) as { stages: { name: string; cost: unknown }[] };
    expect(stages.find(({ name }) => name === 'short')?.cost).toEqual({
      tookMs: 1000,
      sizeBytes: 2048,
      from: 'itself',
    });
  });

  it('of a pipeline that was never run knows nothing', async () => {
    const space = await Workspace.create({ 'pipeline.yaml': file }, stageRegistry(tinyStages));
    const { out } = await space.command('plan', '@pipeline.yaml', '--cost');
    expect(out).toContain('?: of 4 stages nothing of the kind was ever made here.');
  });
});

describe('run --no-overlap', () => {
  it('does nothing while another one goes on', async () => {
    const space = await Workspace.create({});
    const wait = `while [ ! -e ${space.path('go')} ]; do sleep 0.02; done; echo x > {output}`;
    const slow = { uses: 'command', with: { run: ['sh', '-c', wait], outputs: 'x' } };
    await space.write('pipeline.yaml', JSON.stringify({ version: 1, name: 'night', stages: { slow } }));
    const night = ['run', '@pipeline.yaml', '--no-overlap'];
    const first = space.command(...night);
    while (!(await space.list('.pipeline/locks').catch((): string[] => [])).includes('pipeline-night'))
      await pause(10);
    const second = await space.command(...night);
    expect(second.error).toMatch(/^night is being run already: run .*, pid \d+ on .*\. Nothing was done\.$/);
    expect(second.exitCode).toBe(3);
    await space.write('go', '');
    expect((await first).out).toContain('succeeded');
    expect((await space.command(...night)).exitCode).toBe(0);
  });
});
