import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder, anImage, blankImage, writeFormat } from '../support/format-harness.js';

const hasProtoc = (() => {
  try {
    execFileSync('protoc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const fixtures = resolve(import.meta.dirname, '../fixtures');

/** The features of a message by protoc, as `kind value value …`. */
function featuresByProtoc(message: Uint8Array): Map<string, string> {
  const words = ['--decode=tensorflow.Example', `--proto_path=${fixtures}`, join(fixtures, 'example.proto')];
  const printed = execFileSync('protoc', words, { input: message, encoding: 'latin1' });
  const features = new Map<string, string>();
  for (const [, key = '', kind = '', list = ''] of printed.matchAll(
    /key: "([^"]+)"\s+value \{\s+(\w+) \{((?:\s+value: .*)*)\s+\}\s+\}/g,
  ))
    features.set(key, [kind, ...[...list.matchAll(/value: (.*)/g)].map(([, value]) => value)].join(' '));
  return features;
}

describe.skipIf(!hasProtoc)(
  `TFRecord shards, read by protoc${hasProtoc ? '' : ' (skipped: protoc is not installed; Debian’s protobuf-compiler has it)'}`,
  () => {
    it('are tf.train.Examples with the features that were written', async () => {
      const folder = await aFolder();
      await writeFormat(
        'tfrecord',
        folder,
        ['cat', 'dog'],
        [
          anImage('first', {
            objects: [
              { box: [16, 12, 32, 48], class: 'dog', difficult: true },
              { box: [0, 0, 64, 24], class: 'cat' },
            ],
          }),
        ],
      );
      const shard = await readFile(join(folder, 'dataset.tfrecord-00000-of-00001'));
      // The frame around the message, by hand: 8 bytes length, 4 of checksum, the message, 4 of checksum.
      const length = Number(shard.readBigUInt64LE(0));
      expect(shard.length).toBe(length + 16);
      const features = featuresByProtoc(shard.subarray(12, 12 + length));
      const {
        'image/encoded': encoded = '',
        'image/key/sha256': digest,
        ...others
      } = Object.fromEntries(features);
      const image = await blankImage(64, 48);
      expect(encoded).toMatch(/^bytes_list "\\211PNG/);
      expect(digest).toBe(`bytes_list "${createHash('sha256').update(image).digest('hex')}"`);
      expect(others).toEqual({
        'image/filename': 'bytes_list "first.png"',
        'image/format': 'bytes_list "png"',
        'image/height': 'int64_list 48',
        'image/width': 'int64_list 64',
        'image/source_id': 'bytes_list "first"',
        'image/object/bbox/xmin': 'float_list 0.25 0',
        'image/object/bbox/xmax': 'float_list 0.5 1',
        'image/object/bbox/ymin': 'float_list 0.25 0',
        'image/object/bbox/ymax': 'float_list 1 0.5',
        'image/object/class/label': 'int64_list 2 1',
        'image/object/class/text': 'bytes_list "dog" "cat"',
        'image/object/difficult': 'int64_list 1 -1',
      });
    });
  },
);
