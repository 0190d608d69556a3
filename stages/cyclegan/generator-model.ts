import { GraphBuilder } from '../lib/onnx/graph-builder.js';
import { generatorLayout, type GeneratorShape } from './networks/generator.js';

/** PyTorch's and ours (lib/tensors/instance-norm.ts). */
const varianceFloor = 1e-5;

/**
 * A generator as an ONNX model: input `image` [1, inputChannels, height, width] from −1 to 1 (a fourth channel is the
 * map), sides multiples of 4; output `translated` [1, 3, height, width] from −1 to 1, or of an encoder `map`
 * [1, 1, height, width].
 * @param values   the numbers of generatorLayout
 * @param metadata what programs that run it may want to know
 */
export function generatorModel(
  shape: GeneratorShape,
  values: Float32Array,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Map(generatorLayout(shape).segments.map((segment) => [segment.name, segment]));

  /** Weights in ONNX's order: [k, k, a, b] → [b, a, k, k]; of a transposed convolution b is what comes in. */
  const kernel = (name: string): { readonly name: string; readonly sides: readonly number[] } => {
    const segment = weights.get(`${name}.kernel`);
    if (!segment) throw new Error(`the generator has no ${name}`);
    const [rows = 0, columns = 0, inner = 0, outer = 0] = segment.shape;
    const turned = new Float32Array(segment.length);
    for (let place = 0; place < rows * columns; place++)
      for (let a = 0; a < inner; a++)
        for (let b = 0; b < outer; b++)
          turned[(b * inner + a) * rows * columns + place] =
            values[segment.offset + (place * inner + a) * outer + b] ?? 0;
    const sides = [outer, inner, rows, columns];
    return { name: graph.floats(`${name}.kernel`, sides, turned), sides };
  };
  const ones = new Map<string, string>();
  /** A vector of one number for each channel. */
  const filled = (channels: number, value: number): string => {
    const name = `${value === 1 ? 'ones' : 'zeros'}${channels}`;
    const known = ones.get(name) ?? graph.floats(name, [channels], new Float32Array(channels).fill(value));
    ones.set(name, known);
    return known;
  };
  const normal = (value: string, channels: number): string =>
    graph.node('InstanceNormalization', [value, filled(channels, 1), filled(channels, 0)], {
      epsilon: { float: varianceFloor },
    });
  const mirrored = (value: string, pad: number): string =>
    graph.node('Pad', [value, graph.integers([0, 0, pad, pad, 0, 0, pad, pad])], { mode: 'reflect' });
  /** A convolution and its instance normalisation. */
  const normalised = (value: string, name: string, stride: number, pad: number): string => {
    const { name: weight, sides } = kernel(name);
    const strides = [stride, stride];
    return normal(
      graph.node('Conv', [value, weight], { strides, pads: [pad, pad, pad, pad] }),
      sides[0] ?? 0,
    );
  };
  const relu = (value: string): string => graph.node('Relu', [value]);

  let value = graph.input('image', [1, shape.inputChannels, 'height', 'width']);
  value = relu(normalised(mirrored(value, 3), 'first', 1, 0));
  for (const name of ['down1', 'down2']) value = relu(normalised(value, name, 2, 1));
  for (let block = 1; block <= shape.blocks; block++) {
    const inner = relu(normalised(mirrored(value, 1), `block${block}a`, 1, 0));
    value = graph.node('Add', [value, normalised(mirrored(inner, 1), `block${block}b`, 1, 0)]);
  }
  for (const name of ['up1', 'up2']) {
    const { name: weight, sides } = kernel(name);
    const larger = graph.node('ConvTranspose', [value, weight], {
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      output_padding: [1, 1],
    });
    value = relu(normal(larger, sides[1] ?? 0));
  }
  const bias = weights.get('last.bias');
  if (!bias) throw new Error('the generator has no last.bias');
  const shift = graph.floats(
    'last.bias',
    [bias.length],
    values.slice(bias.offset, bias.offset + bias.length),
  );
  const last = graph.node('Conv', [mirrored(value, 3), kernel('last').name, shift]);
  const isEncoder = shape.outputChannels === 1;
  const sides = [1, bias.length, 'height', 'width'];
  graph.output(graph.node('Tanh', [last]), isEncoder ? 'map' : 'translated', 'float', sides);
  return graph.encode(isEncoder ? 'encoder' : 'generator', '', metadata);
}
