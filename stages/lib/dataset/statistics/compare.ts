import type { DatasetStatistics } from './dataset-statistics.js';
import { distanceBetween } from './histogram.js';

/** How far two datasets are apart in one respect. */
export interface Difference {
  readonly respect: string;
  /** 0 the same, 1 nothing in common (total variation); undefined where one of them has nothing to compare. */
  readonly distance: number | undefined;
}

/** Compares two datasets in all that is counted in bins. Colours only where both were looked at. */
export function compareStatistics(one: DatasetStatistics, other: DatasetStatistics): readonly Difference[] {
  const names = [...new Set([...one.classes, ...other.classes].map(({ name }) => name))];
  const byClass = ({ classes }: DatasetStatistics): number[] =>
    names.map((name) => classes.find((entry) => entry.name === name)?.objects ?? 0);
  const [a, b] = [one.colours, other.colours];
  const respects: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['classes', byClass(one), byClass(other)],
    ['objects an image', one.perImage.counts, other.perImage.counts],
    ['size of objects', one.size.counts, other.size.counts],
    ['shape of objects', one.aspect.counts, other.aspect.counts],
    ['place of objects', one.positions, other.positions],
    ['visible share', one.visibility.counts, other.visibility.counts],
    ['brightness', a?.brightness.counts ?? [], b?.brightness.counts ?? []],
    ['contrast', a?.contrast.counts ?? [], b?.contrast.counts ?? []],
    ['saturation', a?.saturation.counts ?? [], b?.saturation.counts ?? []],
  ];
  return respects.map(([respect, x, y]) => ({ respect, distance: distanceBetween(x, y) }));
}
