import type { TableSheet } from '../lib/tables/spreadsheet.js';
import type { Arm } from './arms.js';
import type { ArmResult, Difference, Scored } from './compare-arms.js';
import type { Curve } from './mean-curve.js';

type Cell = string | number | null;

/** The ranking as a table: figures with intervals over images, deviations over repetitions, differences to the baseline. */
export function rankingTable(results: readonly ArmResult[]): { columns: string[]; rows: Cell[][] } {
  const compared = results.some(({ difference }) => difference !== null);
  const repeated = results.some(({ repetitions }) => repetitions > 1);
  const columns = [
    'arm',
    'AP50',
    'AP50 low',
    'AP50 high',
    ...(repeated ? ['AP50 deviation', 'repetitions'] : []),
    ...(compared ? ['AP50 more by', 'more, low', 'more, high', 'p'] : []),
    'AP',
    'AP low',
    'AP high',
    ...(compared ? ['AP more by', 'AP more, low', 'AP more, high', 'AP p'] : []),
    'best F1',
  ];
  const rows = results.map(({ name, AP50, AP, repetitions, difference, bestF1 }) => [
    name,
    AP50.mean,
    AP50.interval.low,
    AP50.interval.high,
    ...(repeated ? [AP50.deviation, repetitions] : []),
    ...(compared ? differenceCells(difference?.AP50) : []),
    AP.mean,
    AP.interval.low,
    AP.interval.high,
    ...(compared ? differenceCells(difference?.AP) : []),
    bestF1,
  ]);
  return { columns, rows };
}

function differenceCells(difference: Difference | undefined): Cell[] {
  if (!difference) return [null, null, null, null];
  return [difference.mean, difference.interval.low, difference.interval.high, difference.pValue];
}

/** The comparison as sheets: the ranking, every evaluation for itself, the curves, and one sheet for every attribute. */
export function benchmarkSheets(
  results: readonly ArmResult[],
  arms: readonly Arm<Scored>[],
  curves: ReadonlyMap<string, Curve>,
): TableSheet[] {
  return [
    { name: 'ranking', ...rankingTable(results) },
    evaluationSheet(arms),
    curveSheet(curves),
    ...sliceSheets(arms),
  ];
}

function evaluationSheet(arms: readonly Arm<Scored>[]): TableSheet {
  const rows = arms.flatMap((arm) =>
    arm.repetitions.map(({ name, value: { scores } }): Cell[] => [
      arm.name,
      name,
      ...Object.values(scores.stats).map((figure) => (figure < 0 ? null : figure)),
      scores.bestOperatingPoint?.micro.f1 ?? null,
      scores.bestOperatingPoint?.score ?? null,
    ]),
  );
  const names = Object.keys(arms[0]?.repetitions[0]?.value.scores.stats ?? {});
  return { name: 'evaluations', columns: ['arm', 'repetition', ...names, 'best F1', 'at score'], rows };
}

function curveSheet(curves: ReadonlyMap<string, Curve>): TableSheet {
  const [first = []] = curves.values();
  const rows = first.map(([recall], place) => [
    recall,
    ...Array.from(curves.values(), (curve) => curve[place]?.[1] ?? null),
  ]);
  return { name: 'precision and recall', columns: ['recall', ...curves.keys()], rows };
}

/** For every attribute a sheet with a row for each value and a column for each arm: mean AP50 over repetitions. */
export function sliceSheets(
  arms: readonly Arm<Scored>[],
): { name: string; columns: string[]; rows: Cell[][] }[] {
  const sliced = arms[0]?.repetitions[0]?.value.scores.slices ?? [];
  return [...new Set(sliced.map(({ attribute }) => attribute))].map((attribute) => ({
    name: attribute,
    columns: [attribute, 'images', 'objects', ...arms.map(({ name }) => name)],
    rows: sliced
      .filter((slice) => slice.attribute === attribute)
      .map((slice) => [
        slice.value,
        slice.images,
        slice.objects,
        ...arms.map((arm) => sliceMean(arm, attribute, slice.value)),
      ]),
  }));
}

function sliceMean(arm: Arm<Scored>, attribute: string, value: string): number | null {
  const figures = arm.repetitions.flatMap(({ value: { scores } }) =>
    scores.slices
      .filter((slice) => slice.attribute === attribute && slice.value === value && slice.AP50 >= 0)
      .map(({ AP50 }) => AP50),
  );
  return figures.length === 0 ? null : figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
