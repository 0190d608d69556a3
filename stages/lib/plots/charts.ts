import type { TopLevelSpec } from 'vega-lite';

/** One line of a chart. Points are drawn in the order of x. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly title?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
}

export interface BarChart {
  readonly title?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** In the order in which they stand. */
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

/**
 * Eight hues that stay apart under the common kinds of colour blindness (after Okabe & Ito 2008), moved to middle
 * lightness so that they carry on white and on black.
 */
export const palette = [
  '#3a87c8',
  '#e0871b',
  '#16a07a',
  '#c75da0',
  '#d2562b',
  '#55b3e0',
  '#a3932a',
  '#8b8f99',
];
export const ink = '#7d8490';
const faint = '#7d849040';

/**
 * Draws lines over a common x as SVG. The same input gives the same bytes. The ground is transparent and the
 * axes are of middle grey: it reads on light and on dark pages.
 * @throws RangeError when a point is not finite, which an SVG would swallow without a word
 */
export async function lineChart(chart: LineChart): Promise<string> {
  for (const { name, points } of chart.series)
    for (const [x, y] of points)
      if (!Number.isFinite(x) || !Number.isFinite(y))
        throw new RangeError(`The line "${name}" has the point (${x}, ${y}), which cannot be drawn.`);
  const values = chart.series.flatMap(({ name, points }) => points.map(([x, y]) => ({ name, x, y })));
  const names = chart.series.map((series) => series.name);
  const alone = chart.series.every((series) => series.points.length < 2);
  return draw({
    ...frame(chart.title),
    data: { values },
    mark: alone ? { type: 'point', filled: true, size: 40, clip: true } : { type: 'line', clip: true },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: chart.xLabel, scale: scaleOf(chart.xDomain) },
      y: { field: 'y', type: 'quantitative', title: chart.yLabel, scale: scaleOf(chart.yDomain) },
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: names, range: names.map((_, index) => palette[index % palette.length] ?? ink) },
        legend: names.length > 1 ? { title: null, orient: 'bottom', columns: 4, symbolType: 'stroke' } : null,
      },
    },
  });
}

/** Draws one bar a value as SVG; also a histogram's form, with the bins named by their bounds. Otherwise as lineChart. */
export async function barChart(chart: BarChart): Promise<string> {
  for (const { name, value } of chart.bars)
    if (!Number.isFinite(value))
      throw new RangeError(`The bar "${name}" has the value ${value}, which cannot be drawn.`);
  return draw({
    ...frame(chart.title),
    data: { values: chart.bars.map(({ name, value }, place) => ({ name, value, place })) },
    mark: { type: 'bar', color: palette[0] ?? ink, cornerRadiusEnd: 2 },
    encoding: {
      x: {
        field: 'name',
        type: 'nominal',
        title: chart.xLabel,
        sort: { field: 'place' },
        axis: { labelAngle: chart.bars.length > 8 ? -45 : 0, labelLimit: 120 },
      },
      y: { field: 'value', type: 'quantitative', title: chart.yLabel, scale: { zero: true } },
    },
  });
}

function scaleOf(domain: readonly [number, number] | undefined) {
  return domain ? { domain: [domain[0], domain[1]], nice: false } : { zero: false };
}

/** What all charts have: size, fonts, colours of the axes. */
export function frame(title: string | undefined) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 480,
    height: 270,
    padding: 8,
    ...(title === undefined ? {} : { title }),
    config: {
      background: 'transparent',
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      line: { strokeWidth: 2, strokeJoin: 'round' as const },
      title: { color: ink, fontSize: 14, fontWeight: 600, anchor: 'start' as const, offset: 12 },
      axis: {
        domainColor: ink,
        tickColor: ink,
        gridColor: faint,
        labelColor: ink,
        titleColor: ink,
        labelFontSize: 12,
        titleFontSize: 13,
        titleFontWeight: 500,
        titlePadding: 8,
      },
      axisX: { grid: false },
      legend: { labelColor: ink, labelFontSize: 12, labelLimit: 220, symbolStrokeWidth: 2.5 },
    },
  } as const;
}

/** Vega weighs 100 ms at start-up: it is loaded by the first chart, not with the stage's door. */
export async function draw(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  // Without this, the ids of clip paths count the charts that this process drew before.
  vega.resetSVGDefIds();
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
