import * as tf from '@tensorflow/tfjs';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import {
  batchNormLeaky,
  convolution,
  depthwiseConvolution,
  foldNormalisation,
  maxPool,
  upsample,
  type BatchStatistics,
} from '../tensors/layers.js';
import { activate, LEAKY_SLOPE } from '../tensors/activations.js';
import type { DarknetCfg } from './cfg.js';
import type { ConvolutionalLayer } from './layer-types.js';
import type { NetworkLayout, ParameterRole } from './layout.js';

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
  return walk(cfg, x, (layer, index, input) => {
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
      walk(cfg, x, (layer, index, input) => {
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

type Convolve = (layer: ConvolutionalLayer, index: number, input: tf.Tensor4D) => tf.Tensor4D;

/** Goes through the layers; how a convolution is done differs between training and use. */
function walk(cfg: DarknetCfg, x: tf.Tensor4D, convolve: Convolve): tf.Tensor4D[] {
  const outputs: tf.Tensor4D[] = [];
  const heads: tf.Tensor4D[] = [];
  const output = (index: number): tf.Tensor4D => {
    const found = outputs[index];
    if (!found) throw new Error(`layer ${index} has no output`);
    return found;
  };
  let current = x;
  for (const [index, layer] of cfg.layers.entries()) {
    switch (layer.type) {
      case 'convolutional':
        current = convolve(layer, index, current);
        break;
      case 'maxpool':
        current = maxPool(current, layer.size, layer.stride, layer.padding);
        break;
      case 'avgpool':
        current = tf.mean(current, [1, 2], true);
        break;
      case 'scale_channels':
        current = activate(tf.mul(output(layer.from), current), layer.activation);
        break;
      case 'route': {
        const joined = layer.layers.map(output);
        current = joined.length === 1 ? output(layer.layers[0] ?? 0) : tf.concat(joined, 3);
        break;
      }
      case 'upsample':
        current = upsample(current, layer.stride);
        break;
      case 'shortcut': {
        const sum = tf.add<tf.Tensor4D>(current, output(layer.from));
        current = activate(sum, layer.activation);
        break;
      }
      case 'yolo':
        heads.push(current);
        break;
      default:
        unreachable(layer);
    }
    outputs.push(current);
  }
  return heads;
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
