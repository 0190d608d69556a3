import type { ObjectRecord } from '../dataset/record.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import { annotationError, type AnnotationPlace } from './annotation-place.js';
import type { PixelSize } from './pixel-size.js';

/** What the numbers of a box are: pixels, or shares of the image's sides. */
export type BoxUnits = 'pixel' | 'normalised';

/** People and detectors let boxes reach over the image's edge, but not so far (a share of the side). */
export const largestShare = 2;
/** In an image that is not much larger, boxes in pixels may look like shares. */
const smallestSidePx = 8;

/**
 * Whether boxes that should be in pixels look like shares of 0–1.
 * @param largest the largest number in any of them; -Infinity for no box
 * @param widthPx of the narrowest image
 */
export function looksNormalised(largest: number, widthPx: number): boolean {
  return largest !== -Infinity && largest <= largestShare && widthPx > smallestSidePx;
}

/**
 * Whether one box that should be in pixels looks like shares of 0–1: it ends inside the first pixel of its image. In a list
 * of which only some do, two conventions are mixed.
 */
export function isInFirstPixel(
  xmax: number,
  ymax: number,
  image: { readonly width: number | undefined; readonly height: number | undefined },
): boolean {
  const isLarge = (side: number | undefined): boolean => side !== undefined && side > smallestSidePx;
  return xmax > 0 && ymax > 0 && xmax <= 1 && ymax <= 1 && isLarge(image.width) && isLarge(image.height);
}

/** Finds out whether the boxes of a dataset are in other units than its format has: a classic that trains well to nothing. */
export class UnitsWatch {
  #largestPx = -Infinity;
  #narrowestPx = Infinity;
  #hasFractions = false;

  constructor(private readonly usual: BoxUnits) {}

  /**
   * @param objects of an image of this size, in its pixels
   * @throws UserError with the place, for boxes of a normalised format that can only be pixels
   */
  look(objects: readonly ObjectRecord[], { width, height }: PixelSize, place: AnnotationPlace): void {
    if (objects.length > 0) this.#narrowestPx = Math.min(this.#narrowestPx, width);
    for (const { box } of objects) {
      if (this.usual === 'normalised' && (box[2] > largestShare * width || box[3] > largestShare * height))
        throw annotationError(
          place,
          `a box reaches to ${shown(Math.max(box[2] / width, box[3] / height))} times the image’s side, so boxes look like pixels, not shares of 0–1.`,
          'This format has shares: divide x and widths by the width of the image, y and heights by its height.',
        );
      this.#largestPx = Math.max(this.#largestPx, ...box);
      this.#hasFractions ||= !box.every(Number.isInteger);
    }
  }

  /** Called after the last image. @throws UserError when all boxes of a pixel format lie within two pixels of the corner */
  conclude(): void {
    if (this.usual === 'pixel' && this.#hasFractions && looksNormalised(this.#largestPx, this.#narrowestPx))
      throw new UserError(
        `No box reaches beyond pixel ${shown(this.#largestPx)}, so they look normalised to 0–1, not in pixels.`,
        {
          hint: 'This format has pixels: multiply x and widths by the width of the image, y and heights by its height.',
        },
      );
  }
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
