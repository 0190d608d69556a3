import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeFully, inspectImage } from '../../../../stages/lib/imaging/inspect-image.js';

const plain = () => sharp({ create: { width: 8, height: 6, channels: 3, background: '#123456' } });

/** The chunk of an animated PNG that says how many frames it has; they are played for ever. */
function acTl(frames: number): Buffer {
  const named = Buffer.concat([Buffer.from('acTL'), Buffer.alloc(8)]);
  named.writeUInt32BE(frames, 4);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(8);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

describe('the head of an image', () => {
  it('gives the stored size, whatever EXIF turns', async () => {
    const turned = await plain().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await inspectImage(turned, 'a.jpg')).toMatchObject({
      format: 'jpeg',
      size: { width: 8, height: 6 },
      orientation: 6,
      channels: 3,
      bitsPerChannel: 8,
      pages: 1,
    });
  });

  it('tells CMYK, 16 bits and alpha', async () => {
    const cmyk = await plain().toColourspace('cmyk').jpeg().toBuffer();
    expect(await inspectImage(cmyk, 'a.jpg')).toMatchObject({ colourSpace: 'cmyk', channels: 4 });
    const deep = await plain().toColourspace('rgb16').png().toBuffer();
    expect(await inspectImage(deep, 'a.png')).toMatchObject({ bitsPerChannel: 16, hasAlpha: false });
    const clear = await plain().ensureAlpha(0.5).png().toBuffer();
    expect(await inspectImage(clear, 'a.png')).toMatchObject({ hasAlpha: true, channels: 4 });
  });

  it('counts the frames of an animation; the size is that of one', async () => {
    const frames = [0, 1, 2].map((index) => ({
      create: { width: 8, height: 6, channels: 3 as const, background: { r: 90 * index, g: 0, b: 0 } },
    }));
    const buffers = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    const gif = await sharp(buffers, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(await inspectImage(gif, 'a.gif')).toMatchObject({ pages: 3, size: { width: 8, height: 6 } });
  });

  it('counts the frames of an animated PNG, which the decoder takes for one picture', async () => {
    const still = await plain().png().toBuffer();
    const afterHeader = 33;
    const animated = Buffer.concat([still.subarray(0, afterHeader), acTl(5), still.subarray(afterHeader)]);
    expect(await inspectImage(animated, 'a.png')).toMatchObject({ format: 'png', pages: 5 });
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-apng-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'a.png'), animated);
    await writeFile(join(folder, 'b.png'), still);
    expect((await inspectImage(join(folder, 'a.png'), 'a.png')).pages).toBe(5);
    expect((await inspectImage(join(folder, 'b.png'), 'b.png')).pages).toBe(1);
  });

  it('what is no image, and what is cut short, are errors that name it', async () => {
    await expect(inspectImage(Buffer.from('no image'), 'x.png')).rejects.toThrow('The image x.png cannot be');
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 };
    const image = await sharp({
      create: { width: 200, height: 200, channels: 3, background: '#000', noise },
    })
      .jpeg()
      .toBuffer();
    await expect(decodeFully(image, 'whole.jpg')).resolves.toBeUndefined();
    const half = image.subarray(0, image.length / 2);
    expect((await inspectImage(half, 'half.jpg')).size.width).toBe(200);
    await expect(decodeFully(half, 'half.jpg')).rejects.toThrow('The image half.jpg cannot be read');
  });
});
