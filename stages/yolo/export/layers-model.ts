import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../../pipeline/core/user-error.js';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import type { DarknetCfg } from '../../lib/darknet/cfg.js';
import type { Activation } from '../../lib/darknet/layer-types.js';
import type { NetworkLayout } from '../../lib/darknet/layout.js';
import { foldedConvolution } from '../../lib/darknet/folded-convolution.js';
import { useBackend } from '../../lib/tensors/backend.js';

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
  const outputs: tf.SymbolicTensor[] = [];
  const heads: tf.SymbolicTensor[] = [];
  const output = (index: number): tf.SymbolicTensor => outputs[index] ?? input;
  let current = input;
  const convolutions = new Map<number, string>();
  for (const [index, layer] of cfg.layers.entries()) {
    switch (layer.type) {
      case 'convolutional': {
        const name = `layer${index}`;
        const { pad } = layer;
        if (layer.groups > 1) throw cannot(index, 'a convolution in groups');
        // TensorFlow's own padding lies elsewhere when the stride is two.
        if (pad > 0)
          current = apply(tf.layers.zeroPadding2d({ padding: [[pad, pad], [pad, pad]], name: `pad${index}` }), current); // prettier-ignore
        const { filters, size: kernelSize, stride: strides } = layer;
        current = apply(tf.layers.conv2d({ filters, kernelSize, strides, padding: 'valid', useBias: true, name }), current); // prettier-ignore
        convolutions.set(index, name);
        current = activated(layer.activation, index, current);
        break;
      }
      case 'maxpool':
        if (layer.padding !== layer.size - 1)
          throw cannot(index, `a pooling of ${layer.size} with a padding of ${layer.padding}`);
        current = apply(tf.layers.maxPooling2d({ poolSize: layer.size, strides: layer.stride, padding: 'same', name: `pool${index}` }), current); // prettier-ignore
        break;
      case 'route': {
        const joined = layer.layers.map(output);
        current =
          joined.length === 1 ? output(layer.layers[0] ?? 0) : apply(tf.layers.concatenate({ axis: 3, name: `route${index}` }), joined); // prettier-ignore
        break;
      }
      case 'upsample':
        current = apply(
          tf.layers.upSampling2d({ size: [layer.stride, layer.stride], name: `upsample${index}` }),
          current,
        );
        break;
      case 'shortcut':
        current = apply(tf.layers.add({ name: `shortcut${index}` }), [current, output(layer.from)]);
        current = activated(layer.activation, index, current);
        break;
      case 'avgpool':
      case 'scale_channels':
        throw cannot(index, `a [${layer.type}]`);
      case 'yolo':
        heads.push(current);
        break;
      default:
        unreachable(layer);
    }
    outputs.push(current);
  }
  const model = tf.model({ inputs: input, outputs: heads, name: 'detector' });
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
  if (activation === 'leaky') return apply(tf.layers.leakyReLU({ alpha: 0.1, name }), to);
  if (activation === 'hard_swish') throw cannot(index, 'a hard swish');
  const known = activation === 'logistic' ? 'sigmoid' : activation;
  return apply(tf.layers.activation({ activation: known, name }), to);
}

function apply(layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(to) as tf.SymbolicTensor;
}

function cannot(index: number, what: string): UserError {
  return new UserError(`Layer ${index} is ${what}, which a TensorFlow.js layers model cannot be made of.`, {
    hint: 'Leave `tfjs` out of the formats; ONNX has all layers.',
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
