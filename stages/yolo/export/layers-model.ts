import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { DarknetCfg } from '../../lib/darknet/cfg.js';
import { LEAKY_SLOPE, type Activation } from '../../lib/darknet/layer-types.js';
import type { NetworkLayout } from '../../lib/darknet/layout.js';
import { foldedConvolution } from '../../lib/darknet/folded-convolution.js';
import { walkLayers } from '../../lib/darknet/walk-layers.js';
import { useBackend } from '../../lib/tensors/backend.js';
import { isSamePadding } from '../../lib/tensors/pooling-sides.js';

/**
 * A Darknet network as a TensorFlow.js layers model, batch normalisation folded in: input [N, height, width, 3],
 * outputs the raw heads.
 * @returns the files of the model by their names
 * @throws UserError for a pooling that has no counterpart there
 */
export async function layersModelFiles(
  cfg: DarknetCfg,
  layout: NetworkLayout,
  values: Float32Array,
): Promise<Record<string, string | Uint8Array>> {
  await useBackend('cpu');
  const input = tf.input({ shape: [cfg.height, cfg.width, cfg.channels], name: 'images' });
  const convolutions = new Map<number, string>();
  const heads = walkLayers<tf.SymbolicTensor>(cfg, layout, input, {
    convolution: (value, layer, index) => {
      const name = `layer${index}`;
      const { pad, filters, size: kernelSize, stride: strides } = layer;
      if (layer.groups > 1) throw cannot(index, 'a convolution in groups');
      // TensorFlow's own padding lies elsewhere when the stride is two.
      const padded = pad === 0 ? value : apply(tf.layers.zeroPadding2d({ padding: [[pad, pad], [pad, pad]], name: `pad${index}` }), value); // prettier-ignore
      const sums = apply(tf.layers.conv2d({ filters, kernelSize, strides, padding: 'valid', useBias: true, name }), padded); // prettier-ignore
      convolutions.set(index, name);
      return activated(layer.activation, index, sums);
    },
    maxPool: (value, pooling, index, from) => {
      const { size: poolSize, stride: strides, padding } = pooling;
      if (!isSamePadding(pooling, from))
        throw cannot(index, `a pooling of ${poolSize} with a stride of ${strides} and a padding of ${padding}`); // prettier-ignore
      return apply(tf.layers.maxPooling2d({ poolSize, strides, padding: 'same', name: `pool${index}` }), value); // prettier-ignore
    },
    mean: (_value, index) => {
      throw cannot(index, 'an [avgpool]');
    },
    join: (joined, index) => apply(tf.layers.concatenate({ axis: 3, name: `route${index}` }), [...joined]),
    upsample: (value, stride, index) =>
      apply(tf.layers.upSampling2d({ size: [stride, stride], name: `upsample${index}` }), value),
    add: (one, other, index) => apply(tf.layers.add({ name: `shortcut${index}` }), [one, other]),
    scale: (_value, _factors, index) => {
      throw cannot(index, 'a [scale_channels]');
    },
    activate: (value, activation, index) => activated(activation, index, value),
  });
  const model = tf.model({ inputs: input, outputs: heads.map(({ value }) => value), name: 'detector' });
  for (const [index, name] of convolutions) {
    const { shape, kernel, bias } = foldedConvolution(layout, values, index);
    const tensors = [tf.tensor(kernel, [...shape]), tf.tensor(bias, [bias.length])];
    model.getLayer(name).setWeights(tensors);
    tf.dispose(tensors);
  }
  try {
    return await filesOf(model);
  } finally {
    model.dispose();
  }
}

function activated(activation: Activation, index: number, to: tf.SymbolicTensor): tf.SymbolicTensor {
  const name = `activation${index}`;
  if (activation === 'linear') return to;
  if (activation === 'leaky') return apply(tf.layers.leakyReLU({ alpha: LEAKY_SLOPE, name }), to);
  if (activation === 'hard_swish') throw cannot(index, 'a hard swish');
  const known = activation === 'logistic' ? 'sigmoid' : activation;
  return apply(tf.layers.activation({ activation: known, name }), to);
}

function apply(layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(to) as tf.SymbolicTensor;
}

function cannot(index: number, what: string): UserError {
  return new UserError(`Layer ${index} is ${what}, which a TensorFlow.js layers model cannot be made of.`, {
    hint: 'Leave `tfjs` out of the formats; `tfjs-graph` and `onnx` have all layers.',
  });
}

async function filesOf(model: tf.LayersModel): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = {};
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const data = artifacts.weightData;
      const bytes = Array.isArray(data) ? Buffer.concat(data.map((part) => Buffer.from(part))) : Buffer.from(data ?? new ArrayBuffer(0)); // prettier-ignore
      files['weights.bin'] = bytes;
      files['model.json'] = `${JSON.stringify({
        format: 'layers-model',
        generatedBy: artifacts.generatedBy ?? null,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }],
      })}\n`;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    }),
  );
  return files;
}
