import sharp from 'sharp';
import { RandomStream } from '../../pipeline/core/seed.js';

/** A PNG of smooth random shapes, 96 × 72: every name gives another, the same name always the same. */
export async function aPicture(name: string): Promise<Buffer> {
  const stream = new RandomStream('picture', name);
  const few = Uint8Array.from({ length: 6 * 5 * 3 }, () => stream.integer(20, 235));
  return sharp(few, { raw: { width: 6, height: 5, channels: 3 } })
    .resize(96, 72, { fit: 'fill', kernel: 'cubic' })
    .png()
    .toBuffer();
}

/** The same picture as a compressed JPEG of half the size: another content that looks the same. */
export async function asSmallJpeg(picture: Buffer): Promise<Buffer> {
  return sharp(picture).resize(48, 36).jpeg({ quality: 60 }).toBuffer();
}
