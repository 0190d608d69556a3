import { uncachedSharp as sharp } from './uncached-sharp.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { PixelSize } from '../formats/pixel-size.js';
import { pngFrameCount } from './png-frames.js';

/** EXIF's ways to turn and mirror an image: 1 is as stored, 5 to 8 swap width and height. */
export type ExifOrientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the head of an image file says; its pixels are not decoded. */
export interface ImageFacts {
  /** The file's format as sharp calls it: `jpeg`, `png`, `webp`, `tiff`, `gif`, … */
  readonly format: string;
  /** As stored: EXIF turns nothing. */
  readonly size: PixelSize;
  readonly orientation: ExifOrientation;
  readonly channels: number;
  /** As sharp calls it: `srgb`, `b-w`, `cmyk`, `rgb16`, `grey16`, … */
  readonly colourSpace: string;
  /** Bits of a channel's value in the file. */
  readonly bitsPerChannel: number;
  readonly hasAlpha: boolean;
  /** Frames of an animation, pages of a document; 1 for a picture. */
  readonly pages: number;
}

/** Bits by the names that sharp gives to the ways of storing a value. */
const bitsOfDepth: Readonly<Record<string, number>> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
  complex: 64,
  double: 64,
  dpcomplex: 128,
};

/**
 * Reads the head of an image.
 * @param image a path or the file's content
 * @param name  what people call the image
 * @throws UserError that names an image whose head cannot be read
 */
export async function inspectImage(image: string | Uint8Array, name: string): Promise<ImageFacts> {
  try {
    const facts = await sharp(image, { failOn: 'error' }).metadata();
    return {
      format: facts.format,
      size: { width: facts.width, height: facts.pageHeight ?? facts.height },
      orientation: exifOrientation(facts.orientation),
      channels: facts.channels,
      colourSpace: facts.space,
      bitsPerChannel: bitsOfDepth[facts.depth] ?? 8,
      hasAlpha: facts.hasAlpha,
      pages: facts.pages ?? (facts.format === 'png' ? await pngFrameCount(image) : 1),
    };
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * Decodes all pixels and throws them away: finds the image whose head is sound and whose data is cut short.
 * @throws UserError that names the image
 */
export async function decodeFully(image: string | Uint8Array, name: string): Promise<void> {
  try {
    // Not `stats()`: it overlooks every other image that is cut short.
    await sharp(image, { failOn: 'error', sequentialRead: true }).raw().toBuffer();
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, cause: unknown): UserError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  return new UserError(`The image ${name} cannot be read: ${reason}`, {
    hint: 'Replace it, or take it out of the dataset.',
    cause,
  });
}

function exifOrientation(value: number | undefined): ExifOrientation {
  switch (value) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
      return value;
    default:
      return 1;
  }
}
