import type { Group } from 'h5wasm/node';
import type { ForeignStyle, ForeignTensor } from './foreign-weights.js';

/** Weights that Keras saved: `conv2d_12/conv2d_12/kernel:0` and the like. */
export const kerasStyle: ForeignStyle = {
  framework: 'Keras',
  kernel: 'HWIO',
  epsilon: 1e-3,
  isKernel: ({ name, shape }) => /kernel(:0)?$/.test(name) && shape.length === 4,
  bias: 'bias:0',
  gamma: 'gamma:0',
  beta: 'beta:0',
  mean: 'moving_mean:0',
  variance: 'moving_variance:0',
};

/** Does a file begin as HDF5 does? */
export function isHdf5(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'));
}

/** All float tensors of a Keras .h5 file (a whole model, or its weights alone), by their paths without the root. */
export async function readKerasWeights(path: string): Promise<ForeignTensor[]> {
  const { default: h5wasm } = await import('h5wasm/node');
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'r');
  try {
    const tensors: ForeignTensor[] = [];
    const walk = (group: Group, prefix: string): void => {
      for (const key of group.keys()) {
        const entity = group.get(key);
        if (entity instanceof h5wasm.Group) walk(entity, `${prefix}${key}/`);
        else if (entity instanceof h5wasm.Dataset) {
          const { shape, value } = entity;
          if (value instanceof Float32Array) tensors.push({ name: `${prefix}${key}`, shape: shape ?? [], values: value }); // prettier-ignore
        }
      }
    };
    const root = file.get('model_weights');
    walk(root instanceof h5wasm.Group ? root : file, '');
    return tensors;
  } finally {
    file.close();
  }
}
