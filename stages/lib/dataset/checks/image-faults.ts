import { decodeFully, inspectImage, type ImageFacts } from '../../imaging/inspect-image.js';
import type { PixelSize } from '../../formats/pixel-size.js';

/** What can be wrong with an image file, or surprise whoever trains on it. */
export const imageFaults = [
  'image-unreadable',
  'image-size',
  'image-turned',
  'image-cmyk',
  'image-deep',
  'image-animated',
] as const;
export type ImageFault = (typeof imageFaults)[number];

export interface ImageFinding {
  readonly fault: ImageFault;
  /** For people: what was found. */
  readonly what: string;
}

/**
 * Looks at an image file, its head and all its pixels.
 * @param recorded the size that the dataset has for it: that of the pixels as stored
 */
export async function checkImage(
  path: string,
  name: string,
  recorded: PixelSize,
): Promise<readonly ImageFinding[]> {
  let facts: ImageFacts;
  try {
    facts = await inspectImage(path, name);
    await decodeFully(path, name);
  } catch (error) {
    return [{ fault: 'image-unreadable', what: error instanceof Error ? error.message : String(error) }];
  }
  const found: ImageFinding[] = [];
  const { size } = facts;
  if (size.width !== recorded.width || size.height !== recorded.height) {
    const turned = size.width === recorded.height && size.height === recorded.width;
    found.push({
      fault: 'image-size',
      what:
        `${size.width} × ${size.height} pixels, recorded as ${recorded.width} × ${recorded.height}` +
        (turned ? ' (its boxes may be of the image turned upright)' : ''),
    });
  }
  if (facts.orientation !== 1)
    found.push({ fault: 'image-turned', what: `EXIF orientation ${facts.orientation}` });
  if (facts.colourSpace === 'cmyk') found.push({ fault: 'image-cmyk', what: 'CMYK' });
  if (facts.bitsPerChannel > 8)
    found.push({ fault: 'image-deep', what: `${facts.bitsPerChannel} bits a channel` });
  if (facts.pages > 1) found.push({ fault: 'image-animated', what: `${facts.pages} pictures in one file` });
  return found;
}

/**
 * Writes an image anew as PNG: the first picture, in RGB of 8 bits, without a note to turn it. Boxes are of the image as
 * stored, so pixels stay where they are; only where the recorded size is that of the image turned upright, and not
 * that of the stored one, were the boxes drawn on the upright image, and it is turned.
 * @throws sharp's error for an image that does not decode
 */
export async function rewriteImage(
  path: string,
  recorded: PixelSize,
): Promise<{ data: Buffer; size: PixelSize }> {
  const { default: sharp } = await import('sharp');
  const { size, orientation } = await inspectImage(path, path);
  const swapped = size.width === recorded.height && size.height === recorded.width;
  const image = sharp(path, { failOn: 'error', pages: 1 });
  if (orientation >= 5 && swapped && size.width !== size.height) image.autoOrient();
  const { data, info } = await image
    .toColourspace('srgb')
    .png({ compressionLevel: 6 })
    .toBuffer({ resolveWithObject: true });
  return { data, size: { width: info.width, height: info.height } };
}
