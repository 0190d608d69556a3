import type { FiguresExhibit, TableExhibit } from '../../pipeline/stage/exhibit.js';
import { compareStatistics } from '../lib/dataset/statistics/compare.js';
import type { DatasetStatistics } from '../lib/dataset/statistics/dataset-statistics.js';
import type { DescribedDataset } from './described-dataset.js';

const shownSizes = 3;

/** The main numbers of one dataset, set large. */
export function figuresOf({ label, statistics }: DescribedDataset): FiguresExhibit {
  const { images, objects } = statistics;
  return {
    type: 'figures',
    title: label,
    caption: 'What the dataset holds.',
    figures: [
      { name: 'images', value: images.count, note: `${images.empty} without objects` },
      { name: 'objects', value: objects.count, note: `${perImage(statistics)} an image` },
      { name: 'classes', value: statistics.classes.length },
      { name: 'groups', value: images.groups, note: 'scenes, sequences' },
    ],
  };
}

/** The numbers of several datasets, a column each. */
export function tableOfDatasets(datasets: readonly DescribedDataset[]): TableExhibit {
  const rows: readonly (readonly [string, (statistics: DatasetStatistics) => string | number | null])[] = [
    ['images', ({ images }) => images.count],
    ['images without objects', ({ images }) => images.empty],
    ['groups', ({ images }) => images.groups],
    ['sizes of images', ({ images }) => sizesOf(images.sizes)],
    ['sources', ({ images }) => Object.keys(images.sources).join(', ')],
    ['objects', ({ objects }) => objects.count],
    ['objects an image', (statistics) => perImage(statistics)],
    ['small / medium / large', ({ objects }) => `${objects.small} / ${objects.medium} / ${objects.large}`],
    ['crowds', ({ objects }) => objects.crowds],
    ['truncated', ({ objects }) => objects.truncated],
    ['occluded', ({ objects }) => objects.occluded],
    ['difficult', ({ objects }) => objects.difficult],
    ['visible share known', ({ objects }) => objects.visibilityKnown],
    ['mean colour', ({ colours }) => (colours && colours.images > 0 ? hex(colours.mean) : null)],
    ['deviation of colours', ({ colours }) => (colours && colours.images > 0 ? colours.deviation.map((value) => value.toFixed(2)).join(', ') : null)], // prettier-ignore
  ];
  return {
    type: 'table',
    title: 'Datasets',
    caption: 'Small objects have up to 32², medium ones up to 96² pixels.',
    columns: ['', ...datasets.map(({ label }) => label)],
    rows: rows.map(([name, of]) => [name, ...datasets.map(({ statistics }) => of(statistics))]),
  };
}

/** Objects and images of each class, in each dataset. */
export function tableOfClasses(datasets: readonly DescribedDataset[]): TableExhibit {
  const names = [
    ...new Set(datasets.flatMap(({ statistics }) => statistics.classes.map(({ name }) => name))),
  ];
  const several = datasets.length > 1;
  const columns = datasets.flatMap(({ label }) =>
    ['objects', 'images', 'median size'].map((column) => (several ? `${column} (${label})` : column)),
  );
  return {
    type: 'table',
    title: 'Classes',
    caption: 'The size of an object is the square root of its box’s share of the image.',
    columns: ['class', ...columns],
    rows: names.map((name) => [
      name,
      ...datasets.flatMap(({ statistics }) => {
        const entry = statistics.classes.find((each) => each.name === name);
        return entry
          ? [entry.objects, entry.images, Number(entry.medianSize.toFixed(3))]
          : [null, null, null];
      }),
    ]),
  };
}

/** How far the other datasets are from the first one. */
export function comparisonTable(first: DescribedDataset, others: readonly DescribedDataset[]): TableExhibit {
  const differences = others.map(({ statistics }) => compareStatistics(first.statistics, statistics));
  return {
    type: 'table',
    title: `Compared with ${first.label}`,
    caption: 'How far distributions are apart (total variation): 0 is the same, 1 has nothing in common.',
    columns: ['', ...others.map(({ label }) => label)],
    rows: (differences[0] ?? []).map(({ respect }, row) => [
      respect,
      ...differences.map((column) => {
        const distance = column[row]?.distance;
        return distance === undefined ? null : Number(distance.toFixed(3));
      }),
    ]),
  };
}

function perImage({ images, objects }: DatasetStatistics): number {
  return images.count === 0 ? 0 : Number((objects.count / images.count).toFixed(2));
}

function sizesOf(sizes: DatasetStatistics['images']['sizes']): string {
  const shown = sizes.slice(0, shownSizes).map(({ size, images }) => `${size} (${images})`);
  return [...shown, ...(sizes.length > shownSizes ? [`${sizes.length - shownSizes} more`] : [])].join(', ');
}

function hex(mean: readonly number[]): string {
  return `#${mean.map((value) => Math.round(value * 255).toString(16).padStart(2, '0')).join('')}`; // prettier-ignore
}
