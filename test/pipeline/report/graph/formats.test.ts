import { describe, expect, it } from 'vitest';
import { dotGraph } from '../../../../pipeline/report/graph/dot.js';
import { layeredGraph } from '../../../../pipeline/report/graph/layers.js';
import { mermaidGraph } from '../../../../pipeline/report/graph/mermaid.js';
import type { StageGraph } from '../../../../pipeline/report/graph/stage-graph.js';
import { svgGraph } from '../../../../pipeline/report/graph/svg.js';

function graph(edges: readonly (readonly [string, string])[], name = 'p'): StageGraph {
  const names = [...new Set(edges.flat())];
  return {
    name,
    stages: names.map((stage) => ({ name: stage, kind: `kind of ${stage}`, state: 'runs' })),
    edges: edges.map(([from, to]) => ({ from, to, label: 'frames' })),
  };
}

const nasty = 'a"]<b>&\\ #1;';
const strange = graph([[nasty, 'end']], nasty);

describe('names in drawings', () => {
  it('cannot end a label or start a tag', () => {
    expect(mermaidGraph(strange)).toContain('s0["a#34;#93;#60;b#62;#38;#92; #35;1#59;<br/>');
    expect(dotGraph(strange)).toContain('digraph "a\\"]<b>&\\\\ #1;" {');
    expect(dotGraph(strange)).toContain('"a\\"]<b>&\\\\ #1;" -> "end"');
    const svg = svgGraph(strange);
    expect(svg).toContain('>a&quot;]&lt;b&gt;&amp;\\ #1;</text>');
    expect(svg).not.toContain('<b>');
  });
});

describe('the layers of a graph', () => {
  it('put every stage right of all that it takes from, and let long edges pass between the boxes', () => {
    const { layers, routes } = layeredGraph(
      graph([
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c'],
        ['d', 'c'],
      ]),
    );
    expect(layers.map((layer) => layer.map(({ stage }) => stage ?? '·').sort())).toEqual([
      ['a', 'd'],
      ['b', '·', '·'],
      ['c'],
    ]);
    expect(routes.map((route) => route.map(({ stage }) => stage ?? '·').join(''))).toEqual([
      'ab',
      'bc',
      'a·c',
      'd·c',
    ]);
  });

  it('order the stages so that edges need not cross', () => {
    const { layers } = layeredGraph(
      graph([
        ['a', 'x'],
        ['b', 'y'],
        ['c', 'z'],
        ['c', 'v'],
        ['b', 'w'],
        ['a', 'u'],
      ]),
    );
    const places = (layer: number): string[] => (layers[layer] ?? []).map(({ stage }) => stage ?? '');
    const order = places(0)
      .map((from) => ({ a: 'xu', b: 'yw', c: 'zv' })[from] ?? '')
      .join('');
    expect(places(1).map((stage) => Math.floor(order.indexOf(stage) / 2))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('the picture of a graph', () => {
  it('has boxes that do not touch, inside its edges', () => {
    const svg = svgGraph(
      graph([
        ['a', 'b'],
        ['a', 'c'],
        ['a', 'd'],
        ['b', 'e'],
        ['d', 'e'],
        ['a', 'e'],
      ]),
    );
    const [, width = 0, height = 0] = (/viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? []).map(Number);
    const boxes = [...svg.matchAll(/<rect x="(\S+)" y="(\S+)" width="(\S+)" height="46"/g)].map((match) =>
      match.slice(1).map(Number),
    );
    expect(boxes).toHaveLength(5);
    for (const [index, [x = 0, y = 0, w = 0]] of boxes.entries()) {
      expect(x).toBeGreaterThan(0);
      expect(x + w).toBeLessThan(width);
      expect(y + 46).toBeLessThan(height);
      for (const [x2 = 0, y2 = 0, w2 = 0] of boxes.slice(index + 1))
        expect(x + w < x2 || x2 + w2 < x || y + 46 < y2 || y2 + 46 < y).toBe(true);
    }
    expect([...svg.matchAll(/<path d="M[\d. C]+(?:L[\d. C]+)*" fill="none"/g)]).toHaveLength(6);
    expect(svg).toContain('would run</text>');
  });

  it('is a picture of nothing for no stages', () => {
    expect(svgGraph({ name: 'empty', stages: [], edges: [] })).not.toMatch(/NaN|Infinity/);
  });
});
