import type { DarknetCfg } from '../darknet/cfg.js';
import type { YoloLayer } from '../darknet/layer-types.js';
import type { GraphBuilder } from './graph-builder.js';

/** A raw head inside a graph. */
export interface Head {
  /** Unique in its network. */
  readonly name: string;
  readonly value: string;
  readonly layer: YoloLayer;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Adds what turns a raw head into boxes and scores (darknet's yolo layer, as stages/lib/darknet/decode.ts): anchors
 * come one after the other, each with its rows and columns.
 * @returns names of boxes [batch, count, 4] in pixels of the input and of scores [batch, count, classes]
 */
export function decodedHead(
  graph: GraphBuilder,
  cfg: DarknetCfg,
  { name, value, layer, rows, columns }: Head,
): { readonly boxes: string; readonly scores: string; readonly count: number } {
  const anchors = layer.mask.length;
  const places = rows * columns;
  const count = anchors * places;
  const stride = 5 + layer.classes;
  // [batch, A·S, rows, columns] → [batch, A, S, places] → [batch, A, places, S] → [batch, A·places, S]
  const split = graph.node('Reshape', [value, graph.integers([0, anchors, stride, places])]);
  const turned = graph.node('Transpose', [split], { perm: [0, 1, 3, 2] });
  const flat = graph.node('Reshape', [turned, graph.integers([0, count, stride])]);
  const slice = (from: number, to: number): string =>
    graph.node('Slice', [flat, graph.integers([from]), graph.integers([to]), graph.integers([2])]);

  const corner = new Float32Array(2 * count);
  const size = new Float32Array(2 * count);
  for (const [a, anchor] of layer.mask.entries())
    for (let place = 0; place < places; place++) {
      const at = 2 * (a * places + place);
      corner.set([place % columns, Math.floor(place / columns)], at);
      size.set(layer.anchors[anchor] ?? [0, 0], at);
    }
  const cell = Float32Array.of(cfg.width / columns, cfg.height / rows);
  const inCells = graph.node('Add', [
    graph.node('Sigmoid', [slice(0, 2)]),
    graph.floats(`${name}/corner`, [1, count, 2], corner),
  ]);
  const centre = graph.node('Mul', [inCells, graph.floats(`${name}/cell`, [1, 1, 2], cell)]);
  const extent = graph.node('Mul', [
    graph.node('Exp', [slice(2, 4)]),
    graph.floats(`${name}/anchors`, [1, count, 2], size),
  ]);
  const half = graph.node('Mul', [extent, graph.floats(`${name}/half`, [1], Float32Array.of(0.5))]);
  const boxes = graph.node('Concat', [graph.node('Sub', [centre, half]), graph.node('Add', [centre, half])], {
    axis: 2,
  });
  const objectness = graph.node('Sigmoid', [slice(4, 5)]);
  const scores = graph.node('Mul', [objectness, graph.node('Sigmoid', [slice(5, stride)])]);
  return { boxes, scores, count };
}
