import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { DatasetRecord } from '../../stages/lib/dataset/record.js';
import type { Digest } from '../../pipeline/core/digest.js';
import { RandomStream } from '../../pipeline/core/seed.js';

const convolution = (filters: number, size: number, stride: number): string =>
  `[convolutional]\nbatch_normalize=1\nfilters=${filters}\nsize=${size}\nstride=${stride}\npad=1\nactivation=leaky\n`;
const head = (mask: string): string =>
  `[convolutional]\nsize=1\nstride=1\npad=1\nfilters=14\nactivation=linear\n\n[yolo]\nmask=${mask}\nanchors=6,6, 10,10, 16,16, 24,24\nclasses=2\nnum=4\nignore_thresh=.7\n`;

/** A network of two heads and every kind of layer that trains in a blink: 64 × 64, two classes. */
export const tinyCfg = [
  '[net]\nwidth=64\nheight=64\nchannels=3\n',
  convolution(8, 3, 2),
  '[maxpool]\nsize=2\nstride=2\n',
  convolution(16, 3, 1),
  convolution(16, 3, 1),
  '[shortcut]\nfrom=-2\nactivation=linear\n',
  convolution(24, 3, 2),
  head('2,3'),
  '[route]\nlayers=-3\n',
  '[upsample]\nstride=2\n',
  '[route]\nlayers=-1,4\n',
  convolution(16, 3, 1),
  head('0,1'),
].join('\n');

/** A dataset folder of coloured squares (class `red` or `blue`) on grey. */
export async function writeSquares(folder: string, count: number, seed: number): Promise<void> {
  await mkdir(join(folder, 'images'), { recursive: true });
  const records: DatasetRecord[] = [];
  for (let n = 0; n < count; n++) {
    const stream = new RandomStream(seed, 'squares', n);
    const objects = Array.from({ length: stream.integer(1, 2) }, (_, i) => {
      const side = stream.integer(8, 24);
      const x = i * 32 + stream.integer(0, 32 - side);
      const y = stream.integer(0, 64 - side);
      return { box: [x, y, x + side, y + side] as [number, number, number, number], class: stream.next() < 0.5 ? 'red' : 'blue' }; // prettier-ignore
    });
    const shapes = objects.map(({ box: [x0, y0, x1, y1], class: colour }) => `<rect x="${x0}" y="${y0}" width="${x1 - x0}" height="${y1 - y0}" fill="${colour}"/>`); // prettier-ignore
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#888"/>${shapes.join('')}</svg>`;
    const bytes = await sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
    const image = `images/${seed}-${n}.png`;
    await writeFile(join(folder, image), bytes);
    records.push({
      id: `${seed}-${n}`,
      image,
      imageDigest: createHash('sha256').update(bytes).digest('hex') as Digest,
      imageBytes: bytes.length,
      width: 64,
      height: 64,
      objects,
      source: { dataset: 'squares', group: `${seed}-${n}` },
      attributes: {},
    });
  }
  const objectCount = records.reduce((sum, record) => sum + record.objects.length, 0);
  const header = { version: 1, classes: ['red', 'blue'], imageCount: count, objectCount };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(header));
  await writeFile(join(folder, 'records.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join('')); // prettier-ignore
}
