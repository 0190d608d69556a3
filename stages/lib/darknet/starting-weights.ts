import { readFile } from 'node:fs/promises';
import type { DarknetCfg } from './cfg.js';
import { takeForeignWeights } from './foreign-weights.js';
import { isHdf5, kerasStyle, readKerasWeights } from './keras-weights.js';
import type { NetworkLayout } from './layout.js';
import { isSafetensors, readSafetensors, torchStyle } from './safetensors.js';
import { readFirstWeights } from './weights.js';

interface StartingWeights {
  /** Convolutions that were read. */
  readonly taken: number;
  /** Heads of other classes, by their names in the file. */
  readonly leftOut: readonly string[];
  readonly format: string;
}

/**
 * Puts weights to start from in place: Darknet's (of the whole network or of its first convolutions), a Keras .h5 or a
 * PyTorch state dict as safetensors; which of them is seen by how the file begins.
 * @param values of the layout; what the file does not hold stays as it is
 * @throws UserError when the file does not fit the network
 */
export async function readStartingWeights(
  path: string,
  name: string,
  cfg: DarknetCfg,
  layout: NetworkLayout,
  values: Float32Array,
): Promise<StartingWeights> {
  const bytes = await readFile(path);
  const keras = isHdf5(bytes);
  if (!keras && !isSafetensors(bytes))
    return { taken: readFirstWeights(bytes, layout, name, values), leftOut: [], format: 'Darknet' };
  const tensors = keras ? await readKerasWeights(path) : readSafetensors(bytes, name);
  const style = keras ? kerasStyle : torchStyle;
  const heads = new Set([...cfg.layers.keys()].filter((index) => cfg.layers[index + 1]?.type === 'yolo'));
  return { ...takeForeignWeights(tensors, style, layout, heads, name, values), format: style.framework };
}
