import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../pipeline/core/seed.js';
import { pictureHash, type PictureHash } from '../../../../stages/lib/imaging/picture-hash.js';
import { similarPictures } from '../../../../stages/lib/imaging/similar-pictures.js';
import { aPicture, asSmallJpeg } from '../../../support/pictures.js';

const grey = Buffer.alloc(192, 100).toString('base64');

async function alike(one: Buffer, other: Buffer): Promise<boolean> {
  const { clusters, pairs } = similarPictures([await pictureHash(one), await pictureHash(other)]);
  return clusters.length === 1 || pairs.length === 1;
}

describe('pictures that look the same', () => {
  it.each([
    ['smaller and compressed', asSmallJpeg],
    ['brighter', (picture: Buffer) => sharp(picture).linear(1, 12).png().toBuffer()],
    [
      'without its outermost pixels',
      (picture: Buffer) =>
        sharp(picture).extract({ left: 1, top: 1, width: 94, height: 70 }).png().toBuffer(),
    ],
    ['with an alpha channel', (picture: Buffer) => sharp(picture).ensureAlpha().png().toBuffer()],
  ])('are found: %s', async (_, change) => {
    const picture = await aPicture('a');
    expect(await alike(picture, await change(picture))).toBe(true);
  });

  it('are not: others, the same in grey, the same mirrored', async () => {
    const picture = await aPicture('a');
    expect(await alike(picture, await aPicture('b'))).toBe(false);
    expect(await alike(picture, await sharp(picture).flop().png().toBuffer())).toBe(false);
    expect(await alike(picture, await sharp(picture).greyscale().png().toBuffer())).toBe(false);
  });

  it('two pictures of one colour are alike only when the colour is', async () => {
    const plain = (r: number, g: number, b: number) =>
      sharp({ create: { width: 40, height: 40, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer();
    expect(await alike(await plain(200, 30, 30), await plain(201, 30, 31))).toBe(true);
    expect(await alike(await plain(200, 30, 30), await plain(30, 30, 200))).toBe(false);
  });

  it('an image that is cut short cannot be hashed', async () => {
    const picture = await aPicture('a');
    await expect(pictureHash(picture.subarray(0, picture.length / 2))).rejects.toThrow();
  });

  it('the search finds exactly what comparing all with all finds', () => {
    const stream = new RandomStream(5);
    const hashes: PictureHash[] = [];
    for (let family = 0; family < 40; family++) {
      const bits = Array.from({ length: 64 }, () => stream.integer(0, 1));
      for (let member = 0; member < 6; member++) {
        const turned = [...bits];
        for (let flip = stream.integer(0, 9); flip > 0; flip--)
          turned[stream.integer(0, 63)] = stream.integer(0, 1);
        hashes.push({
          bits: BigInt(`0b${turned.join('')}`)
            .toString(16)
            .padStart(16, '0'),
          tiny: grey,
        });
      }
    }
    const unique = [...new Set(hashes.map(({ bits }) => bits))];
    const expected: [number, number][] = [];
    for (const [a, one] of unique.entries())
      for (let b = a + 1; b < unique.length; b++) {
        const difference = BigInt(`0x${one}`) ^ BigInt(`0x${unique[b] ?? ''}`);
        if ([...difference.toString(2)].filter((bit) => bit === '1').length <= 6) expected.push([a, b]);
      }
    expect(expected.length).toBeGreaterThan(100);
    expect(similarPictures(hashes).pairs).toEqual(expected);
  });
});
