import { describe, expect, it } from 'vitest';
import { crc32c, eventFile } from '../../../../stages/lib/tensors/event-file.js';

/** The frames of a TFRecord file; checks their lengths. */
function frames(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes);
  const found: Buffer[] = [];
  for (let at = 0; at < buffer.length;) {
    const length = Number(buffer.readBigUInt64LE(at));
    found.push(buffer.subarray(at + 12, at + 12 + length));
    at += 12 + length + 4;
  }
  return found;
}

describe('event files for TensorBoard', () => {
  it('have the check sums of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  it('begin as TensorFlow’s do, byte for byte', () => {
    // Length 24, its masked CRC, wall time 0, step 0, file_version.
    const start = Buffer.from(eventFile([]));
    expect(start.readBigUInt64LE(0)).toBe(26n);
    expect(start.subarray(12, 21).toString('hex')).toBe('090000000000000000');
    expect(start.subarray(21, 23).toString('hex')).toBe('1000');
    expect(start.subarray(23, 38).toString('latin1')).toBe('\x1a\x0dbrain.Event:2');
  });

  it('hold numbers and pictures by tag and step', () => {
    const [, scalar, picture] = frames(
      eventFile([
        { step: 300, tag: 'loss', value: 0.5 },
        { step: 1, tag: 'seen', picture: { width: 2, height: 1, encoded: Buffer.from([7, 8]) } },
      ]),
    );
    // step 300 = varint ac 02; summary { value { tag: "loss" simple_value: .5 } }
    expect(scalar?.subarray(9).toString('hex')).toBe(`10ac022a0d0a0b0a04${Buffer.from('loss').toString('hex')}150000003f`); // prettier-ignore
    expect(picture?.subarray(9).toString('hex')).toBe(`10012a140a120a04${Buffer.from('seen').toString('hex')}220a08011002180322020708`); // prettier-ignore
  });
});
