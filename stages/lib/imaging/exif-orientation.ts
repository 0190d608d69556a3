import { unreachable } from '../../../pipeline/core/unreachable.js';
import type { ExifOrientation } from './inspect-image.js';
import type { PixelSize } from '../formats/pixel-size.js';

/** The size in which a viewer that obeys EXIF shows an image of this stored size. */
export function displayedSize(stored: PixelSize, orientation: ExifOrientation): PixelSize {
  return orientation >= 5 ? { width: stored.height, height: stored.width } : stored;
}

/**
 * Where a point of the displayed image lies in the stored one (EXIF 2.3, tag 0x0112). Points are corners of pixels:
 * 0 is the left edge, the width the right one.
 * @param stored the stored size
 */
export function displayedToStored(
  orientation: ExifOrientation,
  { width, height }: PixelSize,
): (x: number, y: number) => [x: number, y: number] {
  switch (orientation) {
    case 1:
      return (x, y) => [x, y];
    case 2:
      return (x, y) => [width - x, y];
    case 3:
      return (x, y) => [width - x, height - y];
    case 4:
      return (x, y) => [x, height - y];
    case 5:
      return (x, y) => [y, x];
    case 6:
      return (x, y) => [y, height - x];
    case 7:
      return (x, y) => [width - y, height - x];
    case 8:
      return (x, y) => [width - y, x];
    default:
      return unreachable(orientation);
  }
}
