import { unreachable } from '../../../pipeline/core/unreachable.js';
import type { Pooling } from '../tensors/pooling-sides.js';
import type { DarknetCfg } from './cfg.js';
import type { Activation, ConvolutionalLayer, YoloLayer } from './layer-types.js';
import type { LayerShape, NetworkLayout } from './layout.js';

/**
 * How a network's layers are done with values of some kind: tensors that are computed, or names in a graph that another
 * program will run. `index` is the layer's place in the cfg, `from` the shape that comes in, `to` the one that goes out.
 */
export interface LayerOperations<T> {
  /** With its activation. */
  convolution(input: T, layer: ConvolutionalLayer, index: number): T;
  maxPool(input: T, pooling: Pooling, index: number, from: LayerShape): T;
  /** The mean of each channel over the whole image, as an image of one pixel. */
  mean(input: T, index: number): T;
  /** Two or more values, channel after channel. */
  join(inputs: readonly T[], index: number): T;
  /** Each pixel becomes stride × stride pixels. */
  upsample(input: T, stride: number, index: number, to: LayerShape): T;
  add(a: T, b: T, index: number): T;
  /** Multiplies each channel by its number. @param factors an image of one pixel */
  scale(input: T, factors: T, index: number): T;
  activate(input: T, activation: Activation, index: number): T;
}

/** A raw head: what comes into a [yolo] layer. */
export interface RawHead<T> extends LayerShape {
  readonly value: T;
  readonly layer: YoloLayer;
}

/** Goes through the layers of a network. @returns its raw heads, in the order of the cfg */
export function walkLayers<T>(
  cfg: DarknetCfg,
  { shapes }: Pick<NetworkLayout, 'shapes'>,
  input: T,
  operations: LayerOperations<T>,
): RawHead<T>[] {
  const outputs: T[] = [];
  const heads: RawHead<T>[] = [];
  const output = (index: number): T => {
    if (index >= outputs.length) throw new Error(`layer ${index} has no output`);
    return outputs[index] as T; // T may be anything, also undefined
  };
  let [current, from]: [T, LayerShape] = [input, cfg];
  for (const [index, layer] of cfg.layers.entries()) {
    const to = shapes[index];
    if (!to) throw new Error(`the layout has no layer ${index}`);
    switch (layer.type) {
      case 'convolutional':
        current = operations.convolution(current, layer, index);
        break;
      case 'maxpool':
        current = operations.maxPool(current, layer, index, from);
        break;
      case 'avgpool':
        current = operations.mean(current, index);
        break;
      case 'scale_channels': {
        const scaled = operations.scale(output(layer.from), current, index);
        current = operations.activate(scaled, layer.activation, index);
        break;
      }
      case 'route': {
        const [first, ...others] = layer.layers;
        if (first === undefined) throw new Error(`layer ${index} joins nothing`);
        current = others.length === 0 ? output(first) : operations.join(layer.layers.map(output), index);
        break;
      }
      case 'upsample':
        current = operations.upsample(current, layer.stride, index, to);
        break;
      case 'shortcut': {
        const sum = operations.add(current, output(layer.from), index);
        current = operations.activate(sum, layer.activation, index);
        break;
      }
      case 'yolo':
        heads.push({ ...to, value: current, layer });
        break;
      default:
        unreachable(layer);
    }
    outputs.push(current);
    from = to;
  }
  return heads;
}
