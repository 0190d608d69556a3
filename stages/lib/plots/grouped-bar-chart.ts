import { draw, frame, ink, palette } from './charts.js';

export interface GroupedBarChart {
  readonly title?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** In the order in which they stand along the axis. */
  readonly names: readonly string[];
  /** A colour each: a value for each name. */
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/**
 * Draws several bars side by side for each name, as SVG. Otherwise as lineChart.
 * @throws RangeError for a value that is not finite, or a group that has not one value for each name
 */
export async function groupedBarChart(chart: GroupedBarChart): Promise<string> {
  for (const { name, values } of chart.groups) {
    if (values.length !== chart.names.length)
      throw new RangeError(`"${name}" has ${values.length} bars for ${chart.names.length} names.`);
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new RangeError(`"${name}" has the value ${wrong}, which cannot be drawn.`);
  }
  const values = chart.groups.flatMap(({ name: group, values: own }, order) =>
    own.map((value, place) => ({ name: chart.names[place] ?? '', value, place, group, order })),
  );
  const groups = chart.groups.map(({ name }) => name);
  return draw({
    ...frame(chart.title),
    data: { values },
    mark: { type: 'bar', cornerRadiusEnd: 2 },
    encoding: {
      x: {
        field: 'name',
        type: 'nominal',
        title: chart.xLabel,
        sort: { field: 'place' },
        axis: { labelAngle: chart.names.length > 8 ? -45 : 0, labelLimit: 120 },
      },
      xOffset: { field: 'group', type: 'nominal', sort: groups },
      y: { field: 'value', type: 'quantitative', title: chart.yLabel, scale: { zero: true } },
      color: {
        field: 'group',
        type: 'nominal',
        scale: { domain: groups, range: groups.map((_, index) => palette[index % palette.length] ?? ink) },
        legend: groups.length > 1 ? { title: null, orient: 'bottom', columns: 4 } : null,
      },
    },
  });
}
