import { UserError } from '../../pipeline/core/user-error.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { readDataset } from '../lib/dataset/dataset.js';
import { compareStatistics } from '../lib/dataset/statistics/compare.js';
import { gatherStatistics } from '../lib/dataset/statistics/gather-statistics.js';
import type { DescribedDataset } from './described-dataset.js';
import { chartsOf } from './statistics-charts.js';
import { comparisonTable, figuresOf, tableOfClasses, tableOfDatasets } from './statistics-tables.js';
import type { StatsParams } from './params.js';

/** The stats stage. */
export async function runStats(context: StageContext<StatsParams>): Promise<void> {
  const { labels, colourImages } = context.params;
  const inputs = context.inputList('datasets');
  if (labels && labels.length !== inputs.length)
    throw new UserError(`\`labels\` lists ${labels.length} names, but there are ${inputs.length} datasets.`);
  const described: DescribedDataset[] = [];
  for (const [index, { name, artifact }] of inputs.entries()) {
    const label = labels?.[index] ?? name;
    const statistics = await gatherStatistics(await readDataset(artifact, `dataset "${label}"`), {
      colourImages,
      signal: context.signal,
      onLooked: (done, total) => {
        if (done % 50 === 0) context.progress({ done, total, unit: 'images', note: label });
      },
    });
    described.push({ label, statistics });
    const unreadable = statistics.colours?.unreadable ?? 0;
    if (unreadable > 0)
      context.warn(`${unreadable} images of ${label} cannot be decoded, so their colours are not counted.`);
  }
  const [first, ...others] = described;
  if (!first) throw new UserError('There is no dataset to count.');
  const report = {
    version: 1,
    // Names are for people: a result does not depend on them, unless the params give them.
    datasets: described.map(({ statistics }, index) => ({ label: labels?.[index] ?? null, ...statistics })),
    differences: others.map(({ statistics }) =>
      compareStatistics(first.statistics, statistics).map(({ respect, distance }) => ({
        respect,
        distance: distance ?? null,
      })),
    ),
  };
  await context.output('statistics').write('statistics.json', `${JSON.stringify(report, null, 2)}\n`);
  for (const { label, statistics } of described) {
    context.metric(`${label}/images`, statistics.images.count);
    context.metric(`${label}/objects`, statistics.objects.count);
  }
  if (others.length === 0) await context.exhibit(figuresOf(first));
  else {
    await context.exhibit(tableOfDatasets(described));
    await context.exhibit(comparisonTable(first, others));
  }
  await context.exhibit(tableOfClasses(described));
  for (const { title, caption, svg } of await chartsOf(described))
    await context.exhibit({ type: 'picture', title, caption, mediaType: 'image/svg+xml', data: svg });
}
