import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CommandHost } from '../../../pipeline/stage/command.js';
import type { TableExhibit } from '../../../pipeline/stage/exhibit.js';
import { statsCommand } from '../../../stages/stats/command.js';
import { statsStage } from '../../../stages/stats/stage.js';
import { aDataset, anObject, aRecord } from '../../support/dataset-builder.js';
import { runStage } from '../../support/stage-harness.js';

const plain = (background: string) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer();

async function twoDatasets() {
  const red = aRecord('red', { objects: [anObject('person', [10, 10, 40, 60], { visibleFraction: 0.5 })] });
  const blue = aRecord('blue', { objects: [anObject('dog', [60, 40, 100, 80])] });
  return [
    await aDataset([red], { images: new Map([['red', await plain('#ff0000')]]) }),
    await aDataset([blue, aRecord('broken')], { images: new Map([['blue', await plain('#0000ff')]]) }),
  ] as const;
}

describe('the stats stage', () => {
  it('gives figures, tables and charts of one dataset', async () => {
    const [dataset] = await twoDatasets();
    const { outputs, exhibits, metrics, warnings } = await runStage(statsStage, {
      params: { labels: ['red ones'] },
      inputs: { datasets: [dataset] },
    });
    const report = JSON.parse((await outputs['statistics']?.readText('statistics.json')) ?? '') as {
      datasets: { label: string; colours: unknown }[];
    };
    expect(report.datasets[0]).toMatchObject({
      label: 'red ones',
      images: { count: 1 },
      colours: { images: 1, mean: [1, 0, 0], deviation: [0, 0, 0] },
    });
    expect(exhibits.map(({ type, title }) => `${type}: ${title}`)).toEqual([
      'figures: red ones',
      'table: Classes',
      'picture: Classes',
      'picture: Objects an image',
      'picture: Sizes of objects',
      'picture: Shapes of objects',
      'picture: Places of objects: red ones',
      'picture: Visible share of objects',
      'picture: Brightness of images',
      'picture: Contrast of images',
      'picture: Saturation of images',
    ]);
    expect(metrics).toEqual({ 'red ones/images': 1, 'red ones/objects': 1 });
    expect(warnings).toEqual([]);
  });

  it('puts two side by side, says how far they are apart, and counts what it could not open', async () => {
    const { outputs, exhibits, warnings } = await runStage(statsStage, {
      params: {},
      inputs: { datasets: await twoDatasets() },
    });
    const tables = exhibits.filter((exhibit): exhibit is TableExhibit => exhibit.type === 'table');
    expect(tables.map(({ title }) => title)).toEqual(['Datasets', 'Compared with datasets 1', 'Classes']);
    expect(tables[1]?.rows).toContainEqual(['classes', 0.5]);
    expect(tables[0]?.rows).toContainEqual(['mean colour', '#ff0000', '#0000ff']);
    expect(tables[2]?.rows).toContainEqual(['dog', null, null, null, 1, 1, expect.any(Number) as number]);
    expect(warnings).toEqual([expect.stringContaining('1 images of datasets 2 cannot be decoded')]);
    // Names of stages are no part of a result.
    expect(await outputs['statistics']?.readText('statistics.json')).not.toContain('datasets-0');
  });

  it('does not open images where none are asked for, and refuses a wrong number of names', async () => {
    const inputs = { datasets: await twoDatasets() };
    const { outputs, warnings } = await runStage(statsStage, { params: { colourImages: 0 }, inputs });
    expect(await outputs['statistics']?.readText('statistics.json')).not.toContain('"colours"');
    expect(warnings).toEqual([]);
    await expect(runStage(statsStage, { params: { labels: ['a'] }, inputs })).rejects.toThrow(
      '`labels` lists 1 names, but there are 2 datasets',
    );
  });

  it('a dataset without any object has tables and no empty charts', async () => {
    const datasets = [await aDataset([aRecord('a', { objects: [] })], { classes: ['person'] })];
    const { exhibits } = await runStage(statsStage, { params: { colourImages: 0 }, inputs: { datasets } });
    expect(exhibits.map(({ type }) => type)).toEqual(['figures', 'table']);
  });
});

describe('pipeline stats', () => {
  async function run(options: { json?: boolean; out?: string; colourImages?: number }) {
    const directory = await mkdtemp(join(tmpdir(), 'darkroom-stats-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const [lines, errors]: [string[], string[]] = [[], []];
    const [one, other] = await twoDatasets();
    const host: CommandHost = {
      console: { out: (line) => void lines.push(line), error: (line) => void errors.push(line) },
      signal: new AbortController().signal,
      directory,
      env: {},
      cpuCount: 1,
      exec: () => Promise.reject(new Error('no programs here')),
      artifacts: () =>
        Promise.resolve([
          { label: 'synthetic', artifact: one },
          { label: 'real', artifact: other },
        ]),
    };
    const checked = statsCommand.options.parse(options);
    const code = await statsCommand.run(['synthetic', 'real'], checked, host);
    return { code, text: lines.join('\n'), errors: errors.join('\n'), directory };
  }

  it('prints tables in columns, and how far the datasets are apart', async () => {
    const { code, text, errors } = await run({});
    expect(code).toBe(0);
    expect(text).toMatch(/^Datasets\n +synthetic +real\n {2}images +1 +2\n/);
    expect(text).toContain('Compared with synthetic');
    expect(errors).toContain('1 images of real cannot be decoded.');
  });

  it('prints JSON, and writes charts into a folder', async () => {
    const { text, directory } = await run({ json: true, out: 'charts', colourImages: 1 });
    expect(JSON.parse(text)).toMatchObject({
      datasets: [{ label: 'synthetic' }, { label: 'real' }],
      differences: [{ label: 'real', from: 'synthetic' }],
    });
    const names = await readdir(join(directory, 'charts'));
    expect(names).toEqual(expect.arrayContaining(['statistics.json', 'classes.svg', 'places-2.svg']));
    expect(await readFile(join(directory, 'charts', 'classes.svg'), 'utf8')).toMatch(/^<svg /);
  });
});
