import { decodeMask } from '../../lib/imaging/masks.js';
import { maskComponents } from '../../lib/imaging/mask-components.js';
import type { MeasuredFrame } from '../frame-result.js';

const darkBelow = 5;
const brightAbove = 250;
/** How many parts of an object are kept beside its largest: a fence before it may cut it into hundreds. */
const keptParts = 32;

/**
 * What the quality checks go by: the image's darkest, brightest and pink pixels, the parts of each object's mask.
 * @param image path of an 8-bit sRGB picture
 * @param mask  path of a 16-bit instance mask
 * @throws sharp's error when one of them cannot be decoded
 */
export async function measureFrame(image: string, mask: string): Promise<MeasuredFrame> {
  const { default: sharp } = await import('sharp');
  const { data } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = data.length / 3;
  let dark = 0;
  let bright = 0;
  let pink = 0;
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    if (red < darkBelow && green < darkBelow && blue < darkBelow) dark++;
    if (red > brightAbove && green > brightAbove && blue > brightAbove) bright++;
    if (isMissingTexture(red, green, blue)) pink++;
  }
  const components = maskComponents(await decodeMask(mask));
  return {
    dark: dark / pixels,
    bright: bright / pixels,
    pink: pink / pixels,
    objects: components.map(({ instance, box, areaPx, parts }) => ({
      instance,
      box: [...box],
      areaPx,
      parts: parts.slice(1, 1 + keptParts).map((part) => [[...part.box], part.areaPx]),
    })),
  };
}

/** Cycles paints (1, 0, 1) where it cannot find a texture; light makes it darker, but no greener. */
function isMissingTexture(red: number, green: number, blue: number): boolean {
  return red > 120 && blue > 120 && green * 12 < red && Math.abs(red - blue) * 10 < red;
}
