import type { DatasetStatistics } from '../lib/dataset/statistics/dataset-statistics.js';
import { mapSide } from '../lib/dataset/statistics/dataset-statistics.js';
import { sharesOf, type Histogram } from '../lib/dataset/statistics/histogram.js';
import { lineChart } from '../lib/plots/charts.js';
import { groupedBarChart } from '../lib/plots/grouped-bar-chart.js';
import { heatMap } from '../lib/plots/heat-map.js';
import type { DescribedDataset } from './described-dataset.js';

export interface StatisticsChart {
  /** Its file's name, without extension. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly svg: string;
}

/** More classes than this make a chart that nobody can read; the table has all. */
const maxClasses = 20;

/** The charts of datasets: one colour each, shares rather than counts, so that they compare. */
export async function chartsOf(datasets: readonly DescribedDataset[]): Promise<readonly StatisticsChart[]> {
  const charts: StatisticsChart[] = [];
  const filled = datasets.filter(({ statistics }) => statistics.objects.count > 0);
  if (filled.length > 0) {
    charts.push(await classesChart(filled));
    charts.push({
      name: 'objects-an-image',
      title: 'Objects an image',
      caption: 'Which share of the images has so many objects.',
      svg: await groupedBarChart({
        xLabel: 'objects',
        yLabel: 'share of images',
        names: binNames(filled[0]?.statistics.perImage),
        groups: filled.map(({ label, statistics }) => ({
          name: label,
          values: sharesOf(statistics.perImage.counts),
        })),
      }),
    });
    const ofObjects = 'share of objects';
    charts.push(
      await distribution(filled, ({ size }) => size, {
        name: 'sizes',
        title: 'Sizes of objects',
        caption:
          'The square root of the box’s share of the image: a box of half its width and height has .5.',
        xLabel: 'size',
        yLabel: ofObjects,
      }),
      await distribution(filled, ({ aspect }) => aspect, {
        name: 'shapes',
        title: 'Shapes of objects',
        caption:
          'Width over height, as a power of two: −1 is twice as high as wide, 1 twice as wide as high.',
        xLabel: 'log₂(width / height)',
        yLabel: ofObjects,
      }),
    );
  }
  for (const [index, { label, statistics }] of filled.entries())
    charts.push({
      name: `places-${index + 1}`,
      title: `Places of objects: ${label}`,
      caption: 'How many boxes lie over each part of the image.',
      svg: await heatMap({ width: mapSide, height: mapSide, values: statistics.positions }),
    });
  const visible = datasets.filter(({ statistics }) => statistics.objects.visibilityKnown > 0);
  if (visible.length > 0)
    charts.push(
      await distribution(visible, ({ visibility }) => visibility, {
        name: 'visibility',
        title: 'Visible share of objects',
        caption: 'Of objects whose hidden part is known.',
        xLabel: 'visible share',
        yLabel: 'share of objects',
      }),
    );
  const coloured = datasets.filter(({ statistics }) => (statistics.colours?.images ?? 0) > 0);
  for (const of of ['brightness', 'contrast', 'saturation'] as const)
    if (coloured.length > 0)
      charts.push(
        await distribution(coloured, ({ colours }) => colours?.[of] ?? { bounds: [], counts: [] }, {
          name: of,
          title: `${of.charAt(0).toUpperCase()}${of.slice(1)} of images`,
          caption: `Over ${coloured.map(({ label, statistics }) => `${statistics.colours?.images ?? 0} images of ${label}`).join(', ')}.`,
          xLabel: of,
          yLabel: 'share of images',
        }),
      );
  return charts;
}

async function classesChart(datasets: readonly DescribedDataset[]): Promise<StatisticsChart> {
  const totals = new Map<string, number>();
  for (const { statistics } of datasets)
    for (const { name, objects } of statistics.classes)
      totals.set(name, (totals.get(name) ?? 0) + objects / statistics.objects.count);
  const names = [...totals].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const shown = names.slice(0, maxClasses);
  return {
    name: 'classes',
    title: 'Classes',
    caption:
      'Which share of the objects each class has.' +
      (names.length > shown.length ? ` The ${shown.length} most frequent of ${names.length}.` : ''),
    svg: await groupedBarChart({
      xLabel: 'class',
      yLabel: 'share of objects',
      names: shown,
      groups: datasets.map(({ label, statistics }) => ({
        name: label,
        values: shown.map((name) => {
          const objects = statistics.classes.find((entry) => entry.name === name)?.objects ?? 0;
          return objects / statistics.objects.count;
        }),
      })),
    }),
  };
}

async function distribution(
  datasets: readonly DescribedDataset[],
  of: (statistics: DatasetStatistics) => Histogram,
  chart: Omit<StatisticsChart, 'svg'> & { readonly xLabel: string; readonly yLabel: string },
): Promise<StatisticsChart> {
  const { name, title, caption, xLabel, yLabel } = chart;
  const series = datasets.map(({ label, statistics }) => {
    const { bounds, counts } = of(statistics);
    const width = (bounds[1] ?? 1) - (bounds[0] ?? 0);
    const shares = sharesOf(counts);
    return {
      name: label,
      points: bounds.map((bound, bin) => [bound + width / 2, shares[bin] ?? 0] as const),
    };
  });
  return { name, title, caption, svg: await lineChart({ xLabel, yLabel, series }) };
}

/** `2`, `6–7`, `100 +` */
function binNames(histogram: Histogram | undefined): string[] {
  const bounds = histogram?.bounds ?? [];
  return bounds.map((bound, bin) => {
    const next = bounds[bin + 1];
    if (next === undefined) return `${bound} +`;
    return next === bound + 1 ? String(bound) : `${bound}–${next - 1}`;
  });
}
