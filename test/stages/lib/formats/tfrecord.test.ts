import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeExample,
  encodeExample,
  type Features,
} from '../../../../stages/lib/formats/tfrecord/example.js';
import { featuresOf, imageOfFeatures } from '../../../../stages/lib/formats/tfrecord/features.js';
import { frameRecord, maskedCrc, readRecords } from '../../../../stages/lib/formats/tfrecord/frames.js';
import { formatLabelMap, parseLabelMap } from '../../../../stages/lib/formats/tfrecord/label-map.js';
import { aFolder, anImage, blankImage, readFormat } from '../../../support/format-harness.js';

async function records(bytes: Buffer, pieceBytes = 5): Promise<Buffer[]> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  const found: Buffer[] = [];
  for await (const record of readRecords(pieces(), 'x.tfrecord')) found.push(Buffer.from(record));
  return found;
}

const place = { file: 'x.tfrecord', element: 'record 1' };

describe('TFRecord files', () => {
  it('carry TensorFlow’s masked CRC-32C', () => {
    // CRC-32C of "123456789" is e3069283; turned and masked as crc32c.h does it.
    expect(maskedCrc(Buffer.from('123456789')).toString(16)).toBe(
      ((((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8) >>> 0).toString(16),
    );
    // The well-known first bytes of an empty record: length 0 and its checksum.
    expect(frameRecord(Buffer.alloc(0)).toString('hex')).toBe('0000000000000000' + '29039807' + 'd8ea82a2');
  });

  it('come back record by record, however the stream is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 60 }),
        async (data, piece) => {
          const file = Buffer.concat(data.map(frameRecord));
          expect(await records(file, piece)).toEqual(data.map((record) => Buffer.from(record)));
        },
      ),
    );
  });

  it('that are cut short at any byte, or have any byte changed, are errors that name the record', async () => {
    const file = Buffer.concat([frameRecord(Buffer.from('first')), frameRecord(Buffer.from('second'))]);
    for (let length = 1; length < file.length; length++)
      if (length !== 21)
        await expect(records(file.subarray(0, length)), `cut at ${length}`).rejects.toThrow(
          `x.tfrecord, record ${length < 21 ? 1 : 2}: the file ends in the middle`,
        );
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      await expect(records(damaged), `changed at ${at}`).rejects.toThrow(
        /x.tfrecord, record [12]: the checksum of its/,
      );
    }
  });
});

describe('tf.train.Example', () => {
  it('brings back lists of bytes, 32-bit floats and integers', () => {
    const features: Features = new Map([
      ['a', { type: 'bytes', values: [Buffer.from('x'), Buffer.alloc(0)] }],
      ['b', { type: 'floats', values: [0.5, -2] }],
      ['c', { type: 'integers', values: [-1, 0, 2 ** 40] }],
    ]);
    const back = decodeExample(encodeExample(features));
    expect([...back.keys()]).toEqual(['a', 'b', 'c']);
    expect(back.get('b')).toEqual(features.get('b'));
    expect(back.get('c')).toEqual(features.get('c'));
    expect(back.get('a')?.values.map((value) => Buffer.from(value as Uint8Array).toString())).toEqual([
      'x',
      '',
    ]);
  });

  it('has what the object detection API reads: shares of the image, classes from 1, names and flags', async () => {
    const image = await blankImage(64, 48);
    const record = anImage('i', {
      objects: [
        { box: [16, 12, 32, 48], class: 'dog', difficult: true },
        { box: [0, 0, 64, 48], class: 'cat' },
      ],
    });
    const features = featuresOf(
      record,
      'i.png',
      image,
      'png',
      new Map([
        ['cat', 1],
        ['dog', 2],
      ]),
    );
    const values = (name: string) => features.get(name)?.values;
    expect(values('image/object/bbox/xmin')).toEqual([0.25, 0]);
    expect(values('image/object/bbox/ymax')).toEqual([1, 1]);
    expect(values('image/object/class/label')).toEqual([2, 1]);
    expect(values('image/object/difficult')).toEqual([1, -1]);
    expect(features.has('image/object/truncated')).toBe(false);
    expect(imageOfFeatures(features, new Map(), place).objects(record)).toEqual(record.objects);
  });

  it('numbers without names need a label map; lists of different lengths are errors', async () => {
    const features = new Map(
      featuresOf(
        anImage('i', { objects: [{ box: [0, 0, 1, 1], class: 'dog' }] }),
        'i.png',
        await blankImage(64, 48),
        'png',
        new Map([['dog', 3]]),
      ),
    );
    features.delete('image/object/class/text');
    expect(imageOfFeatures(features, new Map([[3, 'dog']]), place).classes).toEqual(['dog']);
    expect(() => imageOfFeatures(features, new Map(), place)).toThrow(
      'record 1: the class has the number 3 and no name',
    );
    features.set('image/object/bbox/ymin', { type: 'floats', values: [] });
    expect(() => imageOfFeatures(features, new Map([[3, 'dog']]), place)).toThrow(
      'bbox/ymin has 0 values, but there are 1 boxes',
    );
    features.delete('image/encoded');
    expect(() => imageOfFeatures(features, new Map(), place)).toThrow('it has no image (image/encoded)');
  });

  it('an image’s name never leads out of the folder that it is written to', async () => {
    const image = await blankImage(64, 48);
    const example = (name: string) =>
      frameRecord(encodeExample(featuresOf(anImage(name), name, image, 'png', new Map())));
    const folder = await aFolder({
      'a.record': Buffer.concat(
        ['../../up.png', '/etc/abs.png', 'C:\\x\\win.png', 'no extension'].map(example),
      ),
    });
    const { records: read } = await readFormat('tfrecord', folder);
    expect(read.map(({ image: name }) => name)).toEqual([
      'images/up.png',
      'images/etc/abs.png',
      'images/x/win.png',
      'images/no extension.png',
    ]);
  });
});

describe('label maps', () => {
  it('are read with ids in any order, display names and points, as the object detection API has them', () => {
    const text = `
      # comment
      item { id: 2 name: 'dog' display_name: "Dog" keypoints { id: 1 label: "nose" } }
      item: { name: "a \\"b\\"", id: 1 }`;
    expect([...parseLabelMap(text, 'm.pbtxt')]).toEqual([
      [1, 'a "b"'],
      [2, 'dog'],
    ]);
    expect([...parseLabelMap(formatLabelMap(['tea cup', 'Ä "q"']), 'm.pbtxt').values()]).toEqual([
      'tea cup',
      'Ä "q"',
    ]);
  });

  it.each([
    ["item { id: 0 name: 'a' }", 'm.pbtxt, item 1: the id of "a" is 0; ids begin at 1'],
    ["item { id: 1 name: 'a' } item { id: 1 name: 'b' }", 'item 2: the id 1 stands there twice'],
    ["item { id: 1 name: 'a' } item { id: 2 name: 'a' }", 'item 2: "a" stands there twice'],
    ['item { id: 1 }', 'item 1: the item has no name'],
    ['item { id: 1\n name: ', 'm.pbtxt: not a label map'],
    ['', 'm.pbtxt: the label map names no class'],
  ])('%j is an error', (text, message) => {
    expect(() => parseLabelMap(text, 'm.pbtxt')).toThrow(message);
  });
});
