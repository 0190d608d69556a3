import { Crc32c } from '@aws-crypto/crc32c';
import { annotationError } from '../annotation-place.js';

/** A longer record is no image with boxes. */
const maxRecordBytes = 512 * 1024 * 1024;

/**
 * TensorFlow's checksum of a record (tensorflow/core/lib/hash/crc32c.h): CRC-32C, turned right by 15 bits, plus a
 * constant, so that a checksum of data that holds checksums stays meaningful.
 */
export function maskedCrc(data: Uint8Array): number {
  const crc = new Crc32c().update(data).digest();
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record as it stands in a TFRecord file: length (8 bytes), its checksum, the data, its checksum; little-endian. */
export function frameRecord(data: Uint8Array): Buffer {
  const frame = Buffer.alloc(12 + data.length + 4);
  frame.writeBigUInt64LE(BigInt(data.length), 0);
  frame.writeUInt32LE(maskedCrc(frame.subarray(0, 8)), 8);
  frame.set(data, 12);
  frame.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return frame;
}

/**
 * The records of a TFRecord file, streamed.
 * @throws UserError with the file and the record: cut short, or a checksum that does not fit
 */
export async function* readRecords(input: AsyncIterable<Buffer>, file: string): AsyncIterable<Buffer> {
  const bytes = new ByteQueue(input);
  for (let number = 1; ; number++) {
    const place = { file, element: `record ${number}` };
    const head = await bytes.take(12);
    if (head === undefined) {
      if (bytes.leftBytes === 0) return;
      throw annotationError(place, 'the file ends in the middle of the record; it was cut short.');
    }
    if (head.readUInt32LE(8) !== maskedCrc(head.subarray(0, 8)))
      throw annotationError(
        place,
        'the checksum of its length does not fit.',
        number === 1
          ? 'Is it a TFRecord file, and not compressed? Unpack it first.'
          : 'The file is damaged; copy it anew.',
      );
    const length = Number(head.readBigUInt64LE(0));
    if (length > maxRecordBytes)
      throw annotationError(place, `it has ${length} bytes; at most ${maxRecordBytes} are read.`);
    const data = await bytes.take(length + 4);
    if (data === undefined)
      throw annotationError(place, 'the file ends in the middle of the record; it was cut short.');
    const content = data.subarray(0, length);
    if (data.readUInt32LE(length) !== maskedCrc(content))
      throw annotationError(
        place,
        'the checksum of its data does not fit.',
        'The file is damaged; copy it anew.',
      );
    yield content;
  }
}

/** Bytes of a stream, taken in pieces of a wanted length. */
class ByteQueue {
  readonly #input: AsyncIterator<Buffer>;
  #chunks: Buffer[] = [];
  leftBytes = 0;

  constructor(input: AsyncIterable<Buffer>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** @returns undefined when the stream has fewer left */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.leftBytes < count) {
      const next = await this.#input.next();
      if (next.done) return undefined;
      this.#chunks.push(next.value);
      this.leftBytes += next.value.length;
    }
    const [first] = this.#chunks;
    const all = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.leftBytes -= count;
    this.#chunks = this.leftBytes > 0 ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }
}
