import * as tf from '@tensorflow/tfjs';
import {
  batchNormLeaky,
  convolution,
  depthwiseConvolution,
  foldNormalisation,
  maxPool,
  upsample,
  type BatchStatistics,
} from '../tensors/layers.js';
import { activate } from '../tensors/activations.js';
import type { DarknetCfg } from './cfg.js';
import { LEAKY_SLOPE, type ConvolutionalLayer } from './layer-types.js';
import type { NetworkLayout, ParameterRole } from './layout.js';
import { walkLayers, type LayerOperations } from './walk-layers.js';

/** Called with what a layer's batch normalisation saw; takes over the tensors. */
type ObserveStatistics = (layer: number, statistics: BatchStatistics) => void;

/**
 * The tensors of a layout's segments, in its order; the caller disposes of them.
 * @param values the parameter vector; it must not change while the tensors are in use (not every backend copies it)
 */
export function tensorsOf(layout: NetworkLayout, values: Float32Array): tf.Tensor[] {
  return layout.segments.map((segment) =>
    tf.tensor(
      values.subarray(segment.offset, segment.offset + segment.length),
      [...segment.shape],
      'float32',
    ),
  );
}

/**
 * A forward pass by batch statistics, to be differentiated. Frozen layers normalise by their running statistics, are not
 * observed and have no gradient.
 * @param parameters of the layout's segments, in its order
 * @param x          [N, H, W, 3], 0–1
 * @returns raw heads in the order of the cfg, [N, h, w, anchors · (5 + classes)] each
 */
export function forwardForTraining(
  cfg: DarknetCfg,
  layout: NetworkLayout,
  parameters: readonly tf.Tensor[],
  x: tf.Tensor4D,
  observe: ObserveStatistics,
  frozenLayers = 0,
): tf.Tensor4D[] {
  const find = parameterFinder(layout, parameters);
  return heads(cfg, layout, x, (input, layer, index) => {
    const kernel = find<tf.Tensor4D>(index, 'kernel');
    const beta = find<tf.Tensor1D>(index, 'beta');
    if (!layer.batchNormalize)
      return activate(tf.add(convolve(layer, input, kernel), beta), layer.activation);
    if (index < frozenLayers) {
      const folded = foldNormalisation(kernel, find(index, 'gamma'), beta, {
        mean: find(index, 'mean'),
        variance: find(index, 'variance'),
      });
      return activate(convolve(layer, input, folded.kernel, folded.bias), layer.activation);
    }
    const sums = convolve(layer, input, kernel);
    const gamma = find<tf.Tensor1D>(index, 'gamma');
    const notice = (statistics: BatchStatistics): void => observe(index, statistics);
    if (layer.activation === 'leaky') return batchNormLeaky(sums, gamma, beta, LEAKY_SLOPE, notice);
    return activate(batchNormLeaky(sums, gamma, beta, 1, notice), layer.activation);
  });
}

function convolve(
  layer: ConvolutionalLayer,
  input: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias?: tf.Tensor1D,
): tf.Tensor4D {
  if (layer.groups === 1) return convolution(input, kernel, layer.stride, layer.pad, bias);
  const sums = depthwiseConvolution(input, kernel, layer.stride, layer.pad);
  return bias ? tf.add(sums, bias) : sums;
}

/** A network with fixed numbers, ready to look at images. */
export interface Predictor {
  readonly cfg: DarknetCfg;
  /** @param x [N, H, W, 3], 0–1 @returns raw heads, [N, h, w, anchors · (5 + classes)] each */
  predict(x: tf.Tensor4D): tf.Tensor4D[];
  dispose(): void;
}

/** Folds every batch normalisation into its convolution. */
export function predictorOf(cfg: DarknetCfg, layout: NetworkLayout, values: Float32Array): Predictor {
  const folded = new Map<number, { kernel: tf.Tensor4D; bias: tf.Tensor1D }>();
  tf.tidy(() => {
    const find = parameterFinder(layout, tensorsOf(layout, values));
    for (const [index, layer] of cfg.layers.entries()) {
      if (layer.type !== 'convolutional') continue;
      const kernel = find<tf.Tensor4D>(index, 'kernel');
      const bias = find<tf.Tensor1D>(index, 'beta');
      const result = layer.batchNormalize
        ? foldNormalisation(kernel, find(index, 'gamma'), bias, {
            mean: find(index, 'mean'),
            variance: find(index, 'variance'),
          })
        : { kernel, bias };
      folded.set(index, { kernel: tf.keep(result.kernel), bias: tf.keep(result.bias) });
    }
  });
  const predict = (x: tf.Tensor4D): tf.Tensor4D[] =>
    tf.tidy(() =>
      heads(cfg, layout, x, (input, layer, index) => {
        const parts = folded.get(index);
        if (!parts) throw new Error(`layer ${index} was not folded`);
        return activate(convolve(layer, input, parts.kernel, parts.bias), layer.activation);
      }),
    );
  const dispose = (): void => {
    for (const { kernel, bias } of folded.values()) tf.dispose([kernel, bias]);
  };
  return { cfg, predict, dispose };
}

type Convolve = LayerOperations<tf.Tensor4D>['convolution'];

/** Goes through the layers; how a convolution is done differs between training and use. */
function heads(cfg: DarknetCfg, layout: NetworkLayout, x: tf.Tensor4D, convolution: Convolve): tf.Tensor4D[] {
  return walkLayers(cfg, layout, x, {
    convolution,
    maxPool: (input, pooling) => maxPool(input, pooling),
    mean: (input) => tf.mean(input, [1, 2], true),
    join: (inputs) => tf.concat([...inputs], 3),
    upsample: (input, stride) => upsample(input, stride),
    add: (a, b) => tf.add(a, b),
    scale: (input, factors) => tf.mul(input, factors),
    activate: (input, activation) => activate(input, activation),
  }).map(({ value }) => value);
}

function parameterFinder(layout: NetworkLayout, tensors: readonly tf.Tensor[]) {
  const byPlace = new Map(
    layout.segments.map((segment, i) => [`${segment.layer}/${segment.role}`, tensors[i]]),
  );
  return <T extends tf.Tensor>(layer: number, role: ParameterRole): T => {
    const found = byPlace.get(`${layer}/${role}`);
    if (!found) throw new Error(`layer ${layer} has no ${role}`);
    return found as T;
  };
}
