import { describe, expect, it } from 'vitest';
import { barChart, lineChart } from '../../../../stages/lib/plots/charts.js';

const chart = {
  title: 'Loss <by> epoch',
  xLabel: 'epoch',
  yLabel: 'loss',
  series: [
    { name: 'training', points: [[1, 5] as const, [2, 3] as const, [3, 2.5] as const] },
    { name: 'R&D', points: [[1, 6] as const, [2, 4] as const, [3, 4.2] as const] },
  ],
};

describe('charts', () => {
  it('the same lines give the same bytes, whatever was drawn before', async () => {
    const first = await lineChart(chart);
    await lineChart({ ...chart, series: chart.series.slice(0, 1) });
    expect(await lineChart(chart)).toBe(first);
  });

  it('a line chart carries its title, labels and series names, escaped', async () => {
    const svg = await lineChart(chart);
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('Loss &lt;by&gt; epoch');
    expect(svg).toContain('R&amp;D');
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2);
  });

  it('has no ground of its own and needs no network', async () => {
    const svg = await lineChart(chart);
    expect(svg).not.toMatch(/<rect[^>]*fill="(white|#fff)/);
    expect(svg.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:/);
  });

  it('a single point is drawn as a point, because a line through it would be invisible', async () => {
    const svg = await lineChart({ xLabel: 'x', yLabel: 'y', series: [{ name: 'a', points: [[1, 2]] }] });
    expect(svg).toContain('aria-roledescription="point"');
  });

  it('a point that is not finite is an error that names the line', async () => {
    const broken = { xLabel: 'x', yLabel: 'y', series: [{ name: 'loss', points: [[1, NaN] as const] }] };
    await expect(lineChart(broken)).rejects.toThrow('The line "loss" has the point (1, NaN)');
  });

  it('bars stand in the order in which they were given', async () => {
    const svg = await barChart({
      xLabel: 'class',
      yLabel: 'AP',
      bars: [
        { name: 'zebra', value: 0.2 },
        { name: 'ant', value: 0.9 },
      ],
    });
    expect(svg.indexOf('zebra')).toBeLessThan(svg.indexOf('ant'));
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(2);
  });
});
