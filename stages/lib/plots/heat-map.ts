import { draw, frame, ink } from './charts.js';

export interface HeatMap {
  readonly title?: string;
  /** Columns and rows of the grid. */
  readonly width: number;
  readonly height: number;
  /** Row by row from the top; 0 is left transparent. */
  readonly values: readonly number[];
}

/**
 * Draws a grid of values as SVG, from faint to full; the largest value has the full colour. Otherwise as lineChart.
 * @throws RangeError for a value that is negative or not finite, or a wrong number of values
 */
export async function heatMap(chart: HeatMap): Promise<string> {
  if (chart.values.length !== chart.width * chart.height)
    throw new RangeError(`A map of ${chart.width} × ${chart.height} has not ${chart.values.length} values.`);
  const wrong = chart.values.find((value) => !Number.isFinite(value) || value < 0);
  if (wrong !== undefined) throw new RangeError(`The map has the value ${wrong}, which cannot be drawn.`);
  const most = Math.max(...chart.values);
  const values = chart.values.map((value, index) => ({
    x: index % chart.width,
    y: Math.floor(index / chart.width),
    share: most === 0 ? 0 : value / most,
  }));
  return draw({
    ...frame(chart.title),
    width: 300,
    height: (300 * chart.height) / chart.width,
    data: { values },
    mark: { type: 'rect', color: '#d2562b' },
    encoding: {
      x: { field: 'x', type: 'ordinal', axis: null, scale: { padding: 0 } },
      y: { field: 'y', type: 'ordinal', axis: null, scale: { padding: 0 } },
      opacity: {
        field: 'share',
        type: 'quantitative',
        scale: { domain: [0, 1], range: [0, 1] },
        legend: null,
      },
    },
    view: { stroke: ink },
  });
}
