import { z } from 'zod';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { ForeignStyle, ForeignTensor } from './foreign-weights.js';

/** A PyTorch state dict: names as torch.nn gives them. */
export const torchStyle: ForeignStyle = {
  framework: 'PyTorch',
  kernel: 'OIHW',
  epsilon: 1e-5,
  isKernel: ({ name, shape }) => name.endsWith('weight') && shape.length === 4,
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
};

const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.string(),
      shape: z.array(z.number().int().min(0)),
      data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

/** Does a file begin as safetensors do: the length of a JSON header, and the header? */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 9 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

/**
 * Reads a safetensors file: 8 bytes for the header's length, the header as JSON, the data. F32 and F16 tensors are taken,
 * integers (counters) are passed over.
 * @throws UserError when the file is cut off, or has other numbers
 */
export function readSafetensors(bytes: Uint8Array, file: string): ForeignTensor[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (8 + length > bytes.length)
    throw new UserError(`${file}: its header needs ${8 + length} bytes, the file has ${bytes.length}.`);
  const header = headerSchema.parse(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8')));
  const tensors: ForeignTensor[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (!('data_offsets' in entry) || typeof entry.dtype !== 'string' || !Array.isArray(entry.shape))
      continue;
    const { dtype, shape, data_offsets: offsets } = entry as { dtype: string; shape: number[]; data_offsets: [number, number] }; // prettier-ignore
    if (/^[IU]\d+$|^BOOL$/.test(dtype)) continue;
    const bytesEach = { F32: 4, F16: 2 }[dtype];
    if (bytesEach === undefined)
      throw new UserError(`${file}: ${name} holds numbers of type ${dtype}; F32 and F16 are known.`);
    const count = shape.reduce((product, side) => product * side, 1);
    const [from, to] = [8 + length + offsets[0], 8 + length + offsets[1]];
    if (to > bytes.length || to - from !== count * bytesEach)
      throw new UserError(`${file}: ${name} needs bytes ${from} to ${from + count * bytesEach}, the file has ${bytes.length}.`); // prettier-ignore
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++)
      values[i] =
        dtype === 'F32'
          ? view.getFloat32(from + 4 * i, true)
          : halfToNumber(view.getUint16(from + 2 * i, true));
    tensors.push({ name, shape, values });
  }
  return tensors;
}

/** IEEE 754 half precision. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
