import type { DarknetCfg } from '../darknet/cfg.js';
import type { ConvolutionalLayer } from '../darknet/layer-types.js';
import { foldedConvolution } from '../darknet/folded-convolution.js';
import type { NetworkLayout } from '../darknet/layout.js';
import { walkLayers } from '../darknet/walk-layers.js';
import { poolingSides } from '../tensors/pooling-sides.js';
import { activated } from './activated.js';
import { decodedHead, type Head } from './decoded-head.js';
import { GraphBuilder } from './graph-builder.js';

/** How much of detection the model does itself. */
export type DetectorOutputs = 'heads' | 'boxes' | 'suppressed';

export interface DetectorModelOptions {
  /**
   * `heads`: raw heads, [batch, anchors · (5 + classes), rows, columns] each. `boxes`: boxes [batch, N, 4] in pixels of
   * the input (xmin, ymin, xmax, ymax) and scores [batch, N, classes]. `suppressed`: both, and `selected` [M, 3] (image,
   * class, box) after non-maximum suppression.
   */
  readonly outputs: DetectorOutputs;
  /** For `suppressed`. */
  readonly threshold: number;
  readonly nmsIou: number;
  readonly maxDetections: number;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A Darknet network as an ONNX model: input `images` [batch, 3, height, width], RGB from 0 to 1, letterboxed as for
 * darknet; batch normalisation folded into the convolutions.
 */
export function detectorModel(
  cfg: DarknetCfg,
  layout: NetworkLayout,
  values: Float32Array,
  options: DetectorModelOptions,
): Uint8Array {
  const graph = new GraphBuilder();
  const input = graph.input('images', ['batch', cfg.channels, cfg.height, cfg.width]);
  const heads = addLayers(graph, cfg, layout, values, input);
  if (options.outputs === 'heads')
    for (const head of heads)
      graph.output(head.value, head.name, 'float', ['batch', head.channels, head.rows, head.columns]);
  else {
    const decoded = heads.map((head) => decodedHead(graph, cfg, head));
    const join = (parts: readonly string[]): string =>
      parts.length === 1 ? (parts[0] ?? '') : graph.node('Concat', parts, { axis: 1 });
    const boxes = join(decoded.map((head) => head.boxes)); // [batch, N, 4]
    const scores = join(decoded.map((head) => head.scores)); // [batch, N, classes]
    const count = decoded.reduce((sum, head) => sum + head.count, 0);
    const classes = heads[0]?.layer.classes ?? 0;
    graph.output(boxes, 'boxes', 'float', ['batch', count, 4]);
    graph.output(scores, 'scores', 'float', ['batch', count, classes]);
    if (options.outputs === 'suppressed') {
      const byClass = graph.node('Transpose', [scores], { perm: [0, 2, 1] }); // [batch, classes, N]
      const selected = graph.node('NonMaxSuppression', [
        boxes,
        byClass,
        graph.integers([options.maxDetections]),
        graph.floats('nmsIou', [1], Float32Array.of(options.nmsIou)),
        graph.floats('threshold', [1], Float32Array.of(options.threshold)),
      ]);
      graph.output(selected, 'selected', 'int64', ['selections', 3]);
    }
  }
  return graph.encode('detector', options.version, options.metadata);
}

function addLayers(
  graph: GraphBuilder,
  cfg: DarknetCfg,
  layout: NetworkLayout,
  values: Float32Array,
  input: string,
): Head[] {
  const heads = walkLayers(cfg, layout, input, {
    convolution: (value, layer, index) => convolution(graph, layout, values, layer, index, value),
    maxPool: (value, pooling, _index, from) => {
      const { top, bottom, left, right } = poolingSides(pooling, from);
      return graph.node('MaxPool', [value], {
        kernel_shape: [pooling.size, pooling.size],
        strides: [pooling.stride, pooling.stride],
        pads: [top, left, bottom, right],
      });
    },
    mean: (value) => graph.node('GlobalAveragePool', [value]),
    join: (joined) => graph.node('Concat', joined, { axis: 1 }),
    upsample: (value, stride, index) => {
      const scales = graph.floats(`scales${index}`, [4], Float32Array.of(1, 1, stride, stride));
      return graph.node('Resize', [value, '', scales], {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      });
    },
    add: (one, other) => graph.node('Add', [one, other]),
    scale: (value, factors) => graph.node('Mul', [value, factors]),
    activate: (value, activation) => activated(graph, value, activation),
  });
  return heads.map((head, n) => ({ ...head, name: `head${n}`, rows: head.height, columns: head.width }));
}

/** The kernel goes from [k, k, C, F] to ONNX's [F, C, k, k]. */
function convolution(
  graph: GraphBuilder,
  layout: NetworkLayout,
  values: Float32Array,
  layer: ConvolutionalLayer,
  index: number,
  input: string,
): string {
  const { shape, kernel, bias } = foldedConvolution(layout, values, index);
  const [size, , inputs, filters] = shape;
  const turned = new Float32Array(kernel.length);
  for (let place = 0; place < size * size; place++)
    for (let c = 0; c < inputs; c++)
      for (let f = 0; f < filters; f++)
        turned[(f * inputs + c) * size * size + place] = kernel[(place * inputs + c) * filters + f] as number;
  const sums = graph.node(
    'Conv',
    [
      input,
      graph.floats(`layer${index}/kernel`, [filters, inputs, size, size], turned),
      graph.floats(`layer${index}/bias`, [filters], bias),
    ],
    {
      group: layer.groups,
      kernel_shape: [size, size],
      strides: [layer.stride, layer.stride],
      pads: [layer.pad, layer.pad, layer.pad, layer.pad],
    },
  );
  return activated(graph, sums, layer.activation);
}
