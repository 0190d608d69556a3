import { UserError } from '../../../pipeline/core/user-error.js';
import type { NetworkLayout, ParameterSegment } from './layout.js';

/** The trained numbers of a network, and how many images made them. */
interface DarknetWeights {
  /** In the order and shapes of the layout. */
  readonly values: Float32Array;
  /** Images seen in training, as darknet counts them. */
  readonly seen: number;
}

const MAJOR = 0;
const MINOR = 2;
const HEADER_BYTES = 20;

/**
 * Reads a Darknet .weights file: int32 major, minor, revision; `seen` (int64 from version 0.2 on, else int32); then
 * per convolution in order β, or β γ μ σ² where it normalises, and the kernel as OIHW.
 * @throws UserError when the file is shorter or longer than the network needs (darknet itself does not look)
 */
export function readWeights(bytes: Uint8Array, layout: NetworkLayout, file: string): DarknetWeights {
  const { view, headerBytes, seen } = readHeader(bytes, layout, file);
  const expected = headerBytes + 4 * layout.length;
  if (bytes.byteLength !== expected)
    throw sizeError(file, `${expected}`, bytes.byteLength, bytes.byteLength < expected);
  const values = new Float32Array(layout.length);
  let at = headerBytes;
  for (const segment of layout.fileOrder) at = readSegment(view, at, segment, values);
  return { values, seen };
}

/**
 * Puts the weights of a network's first convolutions in place: of a file that ends between two of them, such as
 * darknet53.conv.74, or of a whole one.
 * @returns how many convolutions were read
 * @throws UserError when the file ends inside a convolution, or has more than the network
 */
export function readFirstWeights(
  bytes: Uint8Array,
  layout: NetworkLayout,
  file: string,
  values: Float32Array,
): number {
  const { view, headerBytes } = readHeader(bytes, layout, file);
  let at = headerBytes;
  let taken = 0;
  const layers = [...new Set(layout.fileOrder.map((segment) => segment.layer))];
  for (const layer of layers) {
    if (at === bytes.byteLength) break;
    const segments = layout.fileOrder.filter((segment) => segment.layer === layer);
    const end = at + 4 * segments.reduce((sum, segment) => sum + segment.length, 0);
    if (end > bytes.byteLength) {
      const whole = headerBytes + 4 * layout.length;
      const wanted = end === whole ? `${whole}` : `${end} (the first ${taken + 1} convolutions) to ${whole} (all of them)`; // prettier-ignore
      throw sizeError(file, wanted, bytes.byteLength, true);
    }
    for (const segment of segments) at = readSegment(view, at, segment, values);
    taken++;
  }
  if (at !== bytes.byteLength) throw sizeError(file, `${at}`, bytes.byteLength, false);
  return taken;
}

/** Writes what readWeights reads, in version 0.2.0. */
export function writeWeights(weights: DarknetWeights, layout: NetworkLayout): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 4 * layout.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, MAJOR, true);
  view.setInt32(4, MINOR, true);
  view.setBigInt64(12, BigInt(weights.seen), true);
  let at = HEADER_BYTES;
  for (const segment of layout.fileOrder)
    for (let i = 0; i < segment.length; i++, at += 4)
      view.setFloat32(at, weights.values[segment.offset + placeOf(segment, i)] ?? 0, true);
  return bytes;
}

function readHeader(
  bytes: Uint8Array,
  layout: NetworkLayout,
  file: string,
): { view: DataView; headerBytes: number; seen: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES)
    throw sizeError(file, `${HEADER_BYTES + 4 * layout.length}`, bytes.byteLength, true);
  const wide = view.getInt32(0, true) * 10 + view.getInt32(4, true) >= 2;
  const seen = wide ? Number(view.getBigInt64(12, true)) : view.getInt32(12, true);
  return { view, headerBytes: wide ? 20 : 16, seen };
}

/** @returns where the next segment starts */
function readSegment(view: DataView, start: number, segment: ParameterSegment, values: Float32Array): number {
  const end = start + 4 * segment.length;
  if (segment.role !== 'kernel') {
    for (let i = 0; i < segment.length; i++)
      values[segment.offset + i] = view.getFloat32(start + 4 * i, true);
    return end;
  }
  // OIHW in the file, HWIO here: runs of the file are strides of ours.
  const [height, width, inputs, outputs] = segment.shape as [number, number, number, number];
  let at = start;
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < height * width; place++, at += 4)
        values[segment.offset + (place * inputs + input) * outputs + output] = view.getFloat32(at, true);
  return end;
}

/** Where the i-th number of a segment in the file (kernels: OIHW) stands in ours (kernels: HWIO). */
function placeOf(segment: ParameterSegment, i: number): number {
  if (segment.role !== 'kernel') return i;
  const [height, width, inputs, outputs] = segment.shape as [number, number, number, number];
  const x = i % width;
  const y = Math.floor(i / width) % height;
  const input = Math.floor(i / (width * height)) % inputs;
  const output = Math.floor(i / (width * height * inputs));
  return ((y * width + x) * inputs + input) * outputs + output;
}

function sizeError(file: string, expected: string, found: number, isShort: boolean): UserError {
  return new UserError(
    `${file}: this weights file is ${isShort ? 'shorter' : 'longer'} than the cfg needs: expected ${expected} bytes, found ${found}.`,
    { hint: 'Give the cfg that the file was trained with (its classes and anchors count).' },
  );
}
