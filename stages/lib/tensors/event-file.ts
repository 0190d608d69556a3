/**
 * TensorBoard's event files: TFRecord frames (length, CRC, data, CRC) of Event messages (tensorflow/core/util/event.proto,
 * tensorflow/core/framework/summary.proto). Only what curves and pictures need.
 */

/** A number of a curve, or a picture, at a step. */
export type TensorBoardEvent =
  | { readonly step: number; readonly tag: string; readonly value: number }
  | { readonly step: number; readonly tag: string; readonly picture: TensorBoardPicture };

interface TensorBoardPicture {
  readonly width: number;
  readonly height: number;
  /** PNG or JPEG, RGB. */
  readonly encoded: Uint8Array;
}

/**
 * A whole event file. It holds no clock: an event's time is its step in seconds, so that the same training gives the same
 * bytes.
 */
export function eventFile(events: readonly TensorBoardEvent[]): Uint8Array {
  const version = event(0, bytesField(3, Buffer.from('brain.Event:2')));
  return Buffer.concat([frame(version), ...events.map((one) => frame(event(one.step, summaryOf(one))))]);
}

function summaryOf(one: TensorBoardEvent): Buffer {
  const tag = bytesField(1, Buffer.from(one.tag));
  const value = 'value' in one ? floatField(2, one.value) : bytesField(4, imageOf(one.picture));
  return bytesField(5, bytesField(1, Buffer.concat([tag, value])));
}

function imageOf({ width, height, encoded }: TensorBoardPicture): Buffer {
  const rgb = 3;
  return Buffer.concat([varintField(1, height), varintField(2, width), varintField(3, rgb), bytesField(4, encoded)]); // prettier-ignore
}

function event(step: number, content: Buffer): Buffer {
  const time = Buffer.alloc(9);
  time[0] = (1 << 3) | 1; // field 1, 64 bits
  time.writeDoubleLE(step, 1);
  return Buffer.concat([time, varintField(2, step), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

function bytesField(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function frame(data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length), 0);
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc(data), 0);
  return Buffer.concat([head, data, tail]);
}

/** CRC-32C, turned and moved as TFRecord wants it. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});
