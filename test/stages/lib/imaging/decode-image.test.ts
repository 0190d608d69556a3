import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../stages/lib/imaging/decode-image.js';

describe('decoding images', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'decode-test-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const colour = { r: 10, g: 20, b: 30 };
  const plain = (channels: 3 | 4) => sharp({ create: { width: 5, height: 3, channels, background: { ...colour, alpha: 1 } } }); // prettier-ignore

  it.each([
    ['a PNG', () => plain(3).png(), [10, 20, 30]],
    ['a PNG with alpha', () => plain(4).png(), [10, 20, 30]],
    ['a palette PNG', () => plain(3).png({ palette: true }), [10, 20, 30]],
    ['a 16-bit PNG', () => plain(3).toColourspace('rgb16').png(), [10, 20, 30]],
    ['a grey PNG', () => plain(3).greyscale().png(), undefined],
    ['a WebP', () => plain(3).webp({ lossless: true }), [10, 20, 30]],
  ])('%s becomes three bytes a pixel', async (name, make, first) => {
    const path = join(folder, 'image');
    await writeFile(path, await make().toBuffer());
    const image = await decodeImage(path, name);
    expect([image.width, image.height, image.data.length]).toEqual([5, 3, 45]);
    if (first) expect([...image.data.subarray(0, 3)]).toEqual(first);
    else expect(new Set(image.data).size).toBe(1);
  });

  it('a large image is shrunk to fit and remembers its size', async () => {
    const path = join(folder, 'large.png');
    await sharp({ create: { width: 400, height: 100, channels: 3, background: colour } }).toFile(path);
    const image = await decodeImage(path, 'large', { width: 80, height: 80 });
    expect([image.width, image.height, image.originalWidth, image.originalHeight]).toEqual([
      80, 20, 400, 100,
    ]);
  });

  it('a cut-off image is an error that names it', async () => {
    const path = join(folder, 'cut.png');
    const whole = await sharp({ create: { width: 90, height: 90, channels: 3, background: colour, noise: { type: 'gaussian', mean: 99, sigma: 30 } } }).png().toBuffer(); // prettier-ignore
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await expect(decodeImage(path, 'kitchen-7')).rejects.toThrow('The image kitchen-7 cannot be read');
  });
});
