import { describe, expect, it } from 'vitest';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { armsOf } from '../../../stages/benchmark/arms.js';
import { benchmarkStage } from '../../../stages/benchmark/stage.js';
import { evaluateStage } from '../../../stages/evaluate/stage.js';
import type { PredictionRecord } from '../../../stages/lib/dataset/prediction-record.js';
import { aDataset, anObject, aRecord, somePredictions } from '../../support/dataset-builder.js';
import { runStage, type StageRun } from '../../support/stage-harness.js';

const ids = Array.from({ length: 24 }, (_, index) => `image ${String(index).padStart(2, '0')}`);
const box: [number, number, number, number] = [10, 10, 40, 60];

/** Scores of a detector that finds the first `found` of the images' persons. */
async function scoresOf(found: number, names: readonly string[] = ids): Promise<ArtifactReader> {
  const truth = await aDataset(
    names.map((id, index) =>
      aRecord(id, {
        attributes: { spectrum: index % 2 === 0 ? 'RGB' : 'IR' },
        objects: [anObject('person', box)],
      }),
    ),
  );
  const predictions = names.map((id, index): PredictionRecord => ({
    id,
    width: 100,
    height: 80,
    detections: index < found ? [{ box, class: 'person', score: 0.9 - index / 100 }] : [],
  }));
  const run = await runStage(evaluateStage, {
    params: { resamples: 100, sheet: { images: 0, errors: 0 } },
    inputs: { truth, predictions: await somePredictions(predictions) },
  });
  const scores = run.outputs['scores'];
  if (!scores) throw new Error('evaluate wrote no scores');
  return scores;
}

async function benchmark(
  members: Readonly<Record<string, ArtifactReader>>,
  params: Record<string, string | number> = {},
): Promise<StageRun> {
  return runStage(benchmarkStage, {
    params: { resamples: 400, ...params },
    inputs: { scores: Object.values(members) },
    names: { scores: Object.keys(members) },
  });
}

interface Summary {
  readonly verdict: string[];
  readonly arms: {
    readonly name: string;
    readonly repetitions: number;
    readonly AP50: { readonly mean: number; readonly deviation: number | null };
    readonly difference: {
      readonly AP50: { readonly interval: { low: number; high: number }; pValue: number };
    } | null;
  }[];
}

async function summaryOf(run: StageRun): Promise<Summary> {
  return JSON.parse((await run.outputs['benchmark']?.readText('benchmark.json')) ?? '') as Summary;
}

/** Scores of two arms with two seeds each. @param mixed how many objects each finds */
async function mixedAndReal(mixed: readonly [number, number], real: readonly [number, number]) {
  return {
    'score[arm=mixed,seed=1]': await scoresOf(mixed[0]),
    'score[arm=mixed,seed=2]': await scoresOf(mixed[1]),
    'score[arm=real,seed=1]': await scoresOf(real[0]),
    'score[arm=real,seed=2]': await scoresOf(real[1]),
  };
}

describe('the benchmark stage', () => {
  it('ranks arms over their seeds and compares them with the baseline', async () => {
    const run = await benchmark(await mixedAndReal([20, 18], [9, 11]), { baseline: 'real' });
    const { arms, verdict } = await summaryOf(run);
    expect(arms.map(({ name, repetitions }) => [name, repetitions])).toEqual([
      ['mixed', 2],
      ['real', 2],
    ]);
    expect(arms[0]?.AP50.deviation).toBeCloseTo(Math.abs((20 - 18) / 24) / Math.SQRT2, 1);
    expect(arms[0]?.difference?.AP50.interval.low).toBeGreaterThan(0);
    expect(arms[0]?.difference?.AP50.pValue).toBeLessThan(0.05);
    expect(arms[1]?.difference).toBeNull();
    expect(verdict[1]).toMatch(/^mixed is better than real: AP50 \+0\.3/);
    expect(run.metrics['mixed AP50']).toBeCloseTo(arms[0]?.AP50.mean ?? NaN, 12);
    const names: string[] = [];
    for await (const { path } of run.outputs['benchmark']?.files() ?? []) names.push(path);
    expect(names).toEqual([
      'benchmark.csv',
      'benchmark.html',
      'benchmark.json',
      'benchmark.xlsx',
      'curves.png',
      'curves.svg',
    ]);
    expect((await run.outputs['benchmark']?.readText('benchmark.csv'))?.split('\n')[0]).toMatch(
      /^arm,AP50,AP50 low,AP50 high,AP50 deviation,repetitions,AP50 more by/,
    );
  });

  it('has a page that shows all of the ranking at a glance', async () => {
    const run = await benchmark(await mixedAndReal([20, 20], [9, 11]), { baseline: 'real' });
    const page = (await run.outputs['benchmark']?.readText('benchmark.html')) ?? '';
    const cells = (row: string): string[] =>
      [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell);
    const [head = [], mixed = [], real = []] = page.split('</tr>').map(cells);
    expect(head).toEqual(['arm', 'AP50', 'over images', '±', 'times', 'AP50 against real', 'p', 'AP', 'best F1']); // prettier-ignore
    expect([mixed[0], mixed[3], mixed[4]]).toEqual(['mixed', '0.000', '2']);
    expect(mixed[5]).toMatch(/^\+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\]$/);
    expect(mixed[8]).toMatch(/^0\.\d{3}$/);
    expect(real.slice(5, 7)).toEqual(['–', '–']);
    expect(page).toContain('Brackets: 95 % over 400 resamples of the');
  });

  it('shows a verdict that names the stages behind each row, and hands over its draws', async () => {
    const members = { 'score[arm=a,seed=1]': await scoresOf(12), 'score[arm=b,seed=1]': await scoresOf(18) };
    const { exhibits } = await benchmark(members, { baseline: 'a' });
    expect(exhibits.find(({ type }) => type === 'verdict')).toMatchObject({
      columns: ['arm', 'AP50', 'over images', 'AP50 against a', 'p', 'AP', 'best F1'],
      rows: [{ stages: ['score[arm=b,seed=1]'] }, { stages: ['score[arm=a,seed=1]'] }],
    });
    const measures = exhibits.find((exhibit) => exhibit.type === 'measures');
    expect(measures?.measures.map(({ name, draws }) => [name, draws.length])).toEqual([
      ['b AP50', 400],
      ['b AP', 400],
      ['a AP50', 400],
      ['a AP', 400],
    ]);
    const other = await benchmark({ 'score[arm=a]': await scoresOf(3) });
    const same = other.exhibits.find((exhibit) => exhibit.type === 'measures');
    expect(same?.drawnFrom).toBe(measures?.drawnFrom);
  });

  it('does not tell apart what chance explains', async () => {
    const members = { 'score[arm=a]': await scoresOf(12), 'score[arm=b]': await scoresOf(13) };
    const { verdict } = await summaryOf(await benchmark(members, { baseline: 'a' }));
    expect(verdict[1]).toContain('b cannot be told from a on these images');
  });

  it('gives the same bytes again', async () => {
    const members = { 'score[arm=a]': await scoresOf(12), 'score[arm=b]': await scoresOf(18) };
    const [one, other] = [await benchmark(members), await benchmark(members)];
    expect(one.outputs['benchmark']?.digest).toBe(other.outputs['benchmark']?.digest);
  });

  it('refuses to compare scores on other images, and names them', async () => {
    const members = {
      'score[arm=a]': await scoresOf(3),
      'score[arm=b]': await scoresOf(3, ids.slice(0, 10)),
    };
    await expect(benchmark(members)).rejects.toThrow(
      'a and b cannot be compared: they were scored on other images (24 and 10)',
    );
  });

  it('says which arms there are when the baseline is none of them', async () => {
    const members = { 'score[arm=real]': await scoresOf(3), 'score[arm=mixed]': await scoresOf(4) };
    await expect(benchmark(members, { baseline: 'reel' })).rejects.toMatchObject({
      hint: 'Did you mean real?',
    });
  });
});

describe('arms', () => {
  const one = (stage: string, axes: Record<string, string>) => ({ name: stage, stage, axes, value: 0 });

  it('are named by the labels that do not repeat, and by the stage where there are several', () => {
    expect(armsOf([one('score', {})], ['seed'])).toMatchObject([{ name: 'score' }]);
    expect(armsOf([one('a', { arm: 'x' }), one('b', { arm: 'x' })], ['seed'])).toMatchObject([
      { name: 'a: x' },
      { name: 'b: x' },
    ]);
    expect(armsOf([one('s', { arm: 'x', size: '2', seed: '1' })], ['seed'])).toMatchObject([
      { name: 'x, 2', repetitions: [{ name: 'seed=1' }] },
    ]);
  });

  it('of one name and one seed are an error', () => {
    expect(() => armsOf([one('s', { seed: '1' }), one('s', { seed: '1' })], ['seed'])).toThrow(
      'Two scores are called "s" with seed=1',
    );
  });
});
