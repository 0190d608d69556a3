import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, type CommandHost } from '../../pipeline/stage/command.js';
import type { TableExhibit } from '../../pipeline/stage/exhibit.js';
import type { DescribedDataset } from './described-dataset.js';

const options = z.strictObject({
  json: z.boolean().default(false).describe('prints the numbers as JSON'),
  out: z.string().optional().describe('a folder for the numbers (statistics.json) and the charts (SVG)'),
  colourImages: z
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('of how many images of each dataset the colours are looked at; 0 for none'),
});

/** `pipeline stats`: what datasets hold, in the terminal. */
export const statsCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]…',
  wordsHelp: 'stages with a dataset, or folders with a dataset.json; several stand side by side',
  options,
  run: async (words, { json, out, colourImages }, host) => {
    const [{ readDataset }, { gatherStatistics }, { compareStatistics }, tables] = await Promise.all([
      import('../lib/dataset/dataset.js'),
      import('../lib/dataset/statistics/gather-statistics.js'),
      import('../lib/dataset/statistics/compare.js'),
      import('./statistics-tables.js'),
    ]);
    const found = await host.artifacts(words, ['dataset'], { dataset: 'dataset.json' });
    const described: DescribedDataset[] = [];
    const names = shortNames(found.map(({ label }) => label));
    for (const [index, { label: path, artifact }] of found.entries()) {
      const label = names[index] ?? path;
      const dataset = await readDataset(artifact, label);
      const statistics = await gatherStatistics(dataset, { colourImages, signal: host.signal });
      described.push({ label, statistics });
      const unreadable = statistics.colours?.unreadable ?? 0;
      if (unreadable > 0) host.console.error(`${unreadable} images of ${label} cannot be decoded.`);
    }
    const [first, ...others] = described;
    if (!first) return 1;
    if (json) {
      const differences = others.map(({ label, statistics }) => ({
        label,
        from: first.label,
        differences: compareStatistics(first.statistics, statistics),
      }));
      host.console.out(JSON.stringify({ version: 1, datasets: described, differences }, null, 2));
    } else {
      printTable(tables.tableOfDatasets(described), host);
      printTable(tables.tableOfClasses(described), host);
      if (others.length > 0) printTable(tables.comparisonTable(first, others), host);
    }
    if (out !== undefined) await writeCharts(resolve(host.directory, out), described, host);
    return 0;
  },
});

async function writeCharts(
  folder: string,
  described: readonly DescribedDataset[],
  host: CommandHost,
): Promise<void> {
  const { chartsOf } = await import('./statistics-charts.js');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'statistics.json'), `${JSON.stringify(described, null, 2)}\n`);
  const charts = await chartsOf(described);
  for (const { name, svg } of charts) await writeFile(join(folder, `${name}.svg`), svg);
  host.console.error(`Written: statistics.json and ${charts.length} charts in ${folder}.`);
}

/** Folders' paths without the part that all of them share. */
function shortNames(labels: readonly string[]): readonly string[] {
  const paths = labels.map((label) => label.replace(/\/+$/, '').split('/'));
  const [first = []] = paths;
  const least = Math.min(...paths.map((path) => path.length - 1));
  let shared = 0;
  while (shared < least && paths.every((path) => path[shared] === first[shared])) shared += 1;
  return paths.map((path) => path.slice(shared).join('/'));
}

/** A table in columns: names to the left, numbers to the right. */
function printTable({ title, columns, rows }: TableExhibit, host: CommandHost): void {
  const cells = [columns, ...rows].map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  host.console.out(title);
  for (const row of cells)
    host.console.out(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
    );
  host.console.out('');
}
