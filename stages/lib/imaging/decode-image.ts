import { uncachedSharp as sharp } from './uncached-sharp.js';
import { UserError } from '../../../pipeline/core/user-error.js';

/** An image in memory: rows of R, G, B bytes. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
  /** The size in the file, where it was shrunk on the way in. */
  readonly originalWidth: number;
  readonly originalHeight: number;
}

/**
 * Decodes any image that sharp reads to RGB (grey and alpha are turned into RGB), as stored: EXIF turns nothing and colour
 * profiles change nothing, for boxes are drawn on, and detectors elsewhere read, the stored pixels.
 * @param name   what people call the image
 * @param atMost shrinks larger images, keeping their shape, until they fit: saves memory and does not alias
 * @throws UserError that names an unreadable image
 */
export async function decodeImage(
  path: string,
  name: string,
  atMost?: { readonly width: number; readonly height: number },
): Promise<RgbImage> {
  try {
    const image = sharp(path, { failOn: 'error', ignoreIcc: true });
    const { width: originalWidth, height: originalHeight, space, depth, hasAlpha } = await image.metadata();
    if (atMost && (originalWidth > atMost.width || originalHeight > atMost.height))
      image.resize({ ...atMost, fit: 'inside', withoutEnlargement: true });
    // What would change nothing costs time all the same.
    if (hasAlpha) image.flatten({ background: '#808080' });
    if (space !== 'srgb' || depth !== 'uchar') image.toColourspace('srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 1 ? repeatGrey(data) : data;
    return { width: info.width, height: info.height, data: rgb, originalWidth, originalHeight };
  } catch (error) {
    throw new UserError(
      `The image ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      { hint: 'Replace it, or take it out of the dataset.', cause: error },
    );
  }
}

function repeatGrey(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] ?? 0, 3 * i, 3 * i + 3);
  return rgb;
}
