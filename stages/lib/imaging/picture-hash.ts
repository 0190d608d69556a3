import { z } from 'zod';

/** What a picture looks like, small enough to keep for every image of a dataset. */
export const pictureHashSchema = z.strictObject({
  /** 64 bits in hex: signs of the lowest frequencies of its brightness; nought for a picture of one brightness. */
  bits: z.string().regex(/^[0-9a-f]{16}$/),
  /** Base64 of [8, 8, 3] bytes: the picture itself, tiny. */
  tiny: z.string().length(256),
});
export type PictureHash = z.infer<typeof pictureHashSchema>;

/** Raised when the same picture would get another hash: part of the key under which hashes are remembered. */
export const pictureHashRevision = 1;

const side = 32;
const kept = 8;
const tinySide = 8;
/** Below this deviation (of 255) the signs of the frequencies are those of noise. */
const flatDeviation = 2;

/** [kept, side]: the first cosines of the discrete cosine transform (type II). */
const cosines = Float64Array.from({ length: kept * side }, (_, index) => {
  const [frequency, place] = [Math.floor(index / side), index % side];
  return Math.cos((Math.PI / side) * (place + 0.5) * frequency);
});

/**
 * The perceptual hash of an image file, after Zauner, "Implementation and Benchmarking of Perceptual Image Hash
 * Functions" (2010): the signs of the 8 × 8 lowest frequencies of a 32 × 32 picture, against their median. Another
 * size, format or quality of the same picture gives nearly the same bits. Pixels as stored: EXIF turns nothing.
 * @throws sharp's error when the image cannot be decoded
 */
export async function pictureHash(image: string | Buffer): Promise<PictureHash> {
  const { uncachedSharp: sharp } = await import('./uncached-sharp.js');
  const { data, info } = await sharp(image, { failOn: 'error', ignoreIcc: true })
    .resize(side, side, { fit: 'fill', kernel: 'cubic' })
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return hashOfPixels(data, info.channels);
}

/** @param pixels [32, 32, channels] */
function hashOfPixels(pixels: Uint8Array, channels: number): PictureHash {
  const at = (index: number, channel: number): number =>
    pixels[index * channels + Math.min(channel, channels - 1)] ?? 0;
  const grey = new Float64Array(side * side);
  const tiny = new Float64Array(tinySide * tinySide * 3);
  const cell = side / tinySide;
  for (let index = 0; index < grey.length; index++) {
    grey[index] = 0.299 * at(index, 0) + 0.587 * at(index, 1) + 0.114 * at(index, 2);
    const place = Math.floor(index / side / cell) * tinySide + Math.floor((index % side) / cell);
    for (let channel = 0; channel < 3; channel++)
      tiny[place * 3 + channel] = (tiny[place * 3 + channel] ?? 0) + at(index, channel) / (cell * cell);
  }
  return {
    bits: deviation(grey) < flatDeviation ? '0'.repeat(16) : signs(lowFrequencies(grey)),
    tiny: Buffer.from(Uint8Array.from(tiny, Math.round)).toString('base64'),
  };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** @param grey [32, 32] @returns [8, 8] */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(side * kept);
  for (let y = 0; y < side; y++)
    for (let u = 0; u < kept; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += (grey[y * side + x] ?? 0) * (cosines[u * side + x] ?? 0);
      rows[y * kept + u] = sum;
    }
  const frequencies = new Float64Array(kept * kept);
  for (let v = 0; v < kept; v++)
    for (let u = 0; u < kept; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += (rows[y * kept + u] ?? 0) * (cosines[v * side + y] ?? 0);
      frequencies[v * kept + u] = sum;
    }
  return frequencies;
}

/** One bit a frequency: above the median or not. The first, the mean brightness, says nothing and is left out. */
function signs(frequencies: Float64Array): string {
  const sorted = [...frequencies.subarray(1)].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const bytes = new Uint8Array(8);
  for (let bit = 1; bit < 64; bit++)
    if ((frequencies[bit] ?? 0) > median) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (128 >> (bit & 7));
  return Buffer.from(bytes).toString('hex');
}
