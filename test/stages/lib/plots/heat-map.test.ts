import { describe, expect, it } from 'vitest';
import { groupedBarChart } from '../../../../stages/lib/plots/grouped-bar-chart.js';
import { heatMap } from '../../../../stages/lib/plots/heat-map.js';

describe('a heat map', () => {
  it('has a cell for each value, the fullest for the largest one', async () => {
    const svg = await heatMap({ width: 2, height: 2, values: [0, 1, 2, 4] });
    const opacities = [...svg.matchAll(/aria-roledescription="rect mark"[^>]*opacity="([^"]*)"/g)].map(
      ([, value]) => Number(value),
    );
    expect(opacities.sort()).toEqual([0, 0.25, 0.5, 1]);
  });

  it('of nothing but nought can be drawn; what is no number or missing is an error', async () => {
    await expect(heatMap({ width: 1, height: 1, values: [0] })).resolves.toMatch(/^<svg /);
    await expect(heatMap({ width: 1, height: 1, values: [NaN] })).rejects.toThrow('the value NaN');
    await expect(heatMap({ width: 2, height: 1, values: [1] })).rejects.toThrow('has not 1 values');
  });
});

describe('a grouped bar chart', () => {
  const chart = {
    xLabel: 'class',
    yLabel: 'share',
    names: ['person', 'dog'],
    groups: [
      { name: 'synthetic', values: [0.5, 0.5] },
      { name: 'real', values: [0.9, 0.1] },
    ],
  };

  it('has a bar for each name and group, and a legend where there are several', async () => {
    const svg = await groupedBarChart(chart);
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(4);
    expect(svg).toContain('synthetic');
    expect(await groupedBarChart({ ...chart, groups: chart.groups.slice(1) })).not.toContain(
      'role-legend-label',
    );
  });

  it('refuses what it cannot draw, by name', async () => {
    const wrong = (values: number[]) => groupedBarChart({ ...chart, groups: [{ name: 'real', values }] });
    await expect(wrong([1])).rejects.toThrow('"real" has 1 bars for 2 names');
    await expect(wrong([1, Infinity])).rejects.toThrow('"real" has the value Infinity');
  });
});
