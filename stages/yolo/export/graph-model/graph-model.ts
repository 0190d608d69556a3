import type { DarknetCfg } from '../../../lib/darknet/cfg.js';
import { foldedConvolution } from '../../../lib/darknet/folded-convolution.js';
import type { ConvolutionalLayer } from '../../../lib/darknet/layer-types.js';
import type { LayerShape, NetworkLayout } from '../../../lib/darknet/layout.js';
import { walkLayers } from '../../../lib/darknet/walk-layers.js';
import {
  isSamePadding,
  NEVER_GREATEST,
  poolingSides,
  type Pooling,
} from '../../../lib/tensors/pooling-sides.js';
import { activated, fusedActivation } from './activation-nodes.js';
import { GraphDefBuilder } from './graph-def.js';

/** Bytes of a file of weights at most: what browsers and servers of files keep without trouble. */
const shardBytes = 4_000_000;

/**
 * A Darknet network as a TensorFlow.js graph model, as its converter would write one: batch normalisation folded into
 * the convolutions, input `images` [N, height, width, channels] from 0 to 1, outputs the raw heads `head0`, `head1`, …,
 * [N, rows, columns, anchors · (5 + classes)] each.
 * @returns the files of the model by their names: model.json, and weights of 4 MB a file
 */
export function graphModelFiles(
  cfg: DarknetCfg,
  layout: NetworkLayout,
  values: Float32Array,
  version: string,
): Record<string, string | Uint8Array> {
  const graph = new GraphDefBuilder();
  const input = graph.input('images', [-1, cfg.height, cfg.width, cfg.channels]);
  const heads = walkLayers(cfg, layout, input, {
    convolution: (value, layer, index) => convolution(graph, layout, values, layer, index, value),
    maxPool: (value, pooling, index, from) => maxPool(graph, value, pooling, index, from),
    mean: (value) => graph.node('Mean', [value, graph.integers([1, 2])], { keep_dims: true }),
    join: (joined) => graph.node('ConcatV2', [...joined, graph.integers([3], [])], { N: joined.length }),
    upsample: (value, _stride, _index, to) =>
      graph.node('ResizeNearestNeighbor', [value, graph.integers([to.height, to.width])], {
        align_corners: false,
        half_pixel_centers: false,
      }),
    add: (one, other) => graph.node('AddV2', [one, other]),
    scale: (value, factors) => graph.node('Mul', [value, factors]),
    activate: (value, activation) => activated(graph, value, activation),
  });
  for (const [n, { value, height, width, channels }] of heads.entries())
    graph.output(value, `head${n}`, [-1, height, width, channels]);
  const { entries, bytes } = graph.weights();
  const shards = cut(bytes);
  const model = {
    format: 'graph-model',
    generatedBy: `darkroom ${version}`,
    convertedBy: null,
    ...graph.topology(),
    weightsManifest: [{ paths: shards.map(({ name }) => name), weights: entries }],
  };
  return {
    'model.json': `${JSON.stringify(model)}\n`,
    ...Object.fromEntries(shards.map(({ name, part }) => [name, part])),
  };
}

/** A convolution with its bias and its activation, as one operator where TensorFlow has it. */
function convolution(
  graph: GraphDefBuilder,
  layout: NetworkLayout,
  values: Float32Array,
  { pad, size, stride, groups, filters, activation }: ConvolutionalLayer,
  index: number,
  input: string,
): string {
  const { kernel, bias } = foldedConvolution(layout, values, index);
  const isDepthwise = groups > 1;
  const inputs = isDepthwise ? filters : kernel.length / (size * size * filters);
  // A depthwise kernel has one filter a channel.
  const shape = [size, size, inputs, isDepthwise ? 1 : filters];
  // TensorFlow's own padding lies elsewhere when the stride is two.
  const isCentred = stride === 1 && 2 * pad === size - 1;
  const padding =
    pad === 0
      ? { padding: 'VALID' }
      : isCentred
        ? { padding: 'SAME' }
        : { padding: 'EXPLICIT', explicit_paddings: [0, 0, pad, pad, pad, pad, 0, 0] };
  const fused = fusedActivation(activation, isDepthwise);
  const sums = graph.node(
    isDepthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
    [
      input,
      graph.floats(`layer${index}/kernel`, shape, kernel),
      graph.floats(`layer${index}/bias`, [filters], bias),
    ],
    {
      strides: [1, stride, stride, 1],
      dilations: [1, 1, 1, 1],
      data_format: 'NHWC',
      num_args: 1,
      ...padding,
      ...(fused ?? fusedActivation('linear', isDepthwise)),
    },
  );
  return fused ? sums : activated(graph, sums, activation);
}

function maxPool(
  graph: GraphDefBuilder,
  value: string,
  pooling: Pooling,
  index: number,
  from: LayerShape,
): string {
  const { size, stride } = pooling;
  const window = {
    ksize: [1, size, size, 1],
    strides: [1, stride, stride, 1],
    data_format: 'NHWC',
  };
  if (isSamePadding(pooling, from)) return graph.node('MaxPool', [value], { ...window, padding: 'SAME' });
  const { top, bottom, left, right } = poolingSides(pooling, from);
  const padded = graph.node('PadV2', [
    value,
    graph.integers([0, 0, top, bottom, left, right, 0, 0], [4, 2]),
    graph.floats(`layer${index}/never`, [], Float32Array.of(NEVER_GREATEST)),
  ]);
  return graph.node('MaxPool', [padded], { ...window, padding: 'VALID' });
}

function cut(bytes: Uint8Array): { readonly name: string; readonly part: Uint8Array }[] {
  const count = Math.max(1, Math.ceil(bytes.byteLength / shardBytes));
  return Array.from({ length: count }, (_, n) => ({
    name: `group1-shard${n + 1}of${count}.bin`,
    part: bytes.subarray(n * shardBytes, (n + 1) * shardBytes),
  }));
}
