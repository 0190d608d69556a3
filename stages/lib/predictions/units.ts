import { UserError } from '../../../pipeline/core/user-error.js';
import { optionWords } from '../formats/option-words.js';

/** Whether boxes are in pixels or in shares of the image's sides; `auto` takes the usual, and asks where it looks wrong. */
export type Coordinates = 'auto' | 'pixel' | 'normalised';

/** Detectors let boxes reach over the edge, but not so far. */
const largestShare = 2;
/** In an image that is not much larger, boxes in pixels may look like shares. */
const smallestSidePx = 8;

/**
 * The units of a file's boxes.
 * @param usual    what files of this form have
 * @param largest  the largest number in any of its boxes; -Infinity for no box
 * @param widthPx  of the narrowest image
 * @throws UserError when the boxes do not look like the usual and nobody said which it is
 */
export function unitsOf(
  coordinates: Coordinates,
  usual: Exclude<Coordinates, 'auto'>,
  { label, largest, widthPx }: { readonly label: string; readonly largest: number; readonly widthPx: number },
): Exclude<Coordinates, 'auto'> {
  if (coordinates !== 'auto') return coordinates;
  if (largest === -Infinity) return usual;
  const hint = `Say which is meant: ${optionWords('coordinates', 'normalised')} or ${optionWords('coordinates', 'pixel')}.`;
  if (usual === 'pixel' && looksNormalised(largest, widthPx))
    throw new UserError(
      `${label}: no box reaches beyond ${largest}, so they look normalised to 0–1, not in pixels.`,
      { hint },
    );
  if (usual === 'normalised' && largest > largestShare)
    throw new UserError(
      `${label}: a box reaches to ${largest}, so they look like pixels, not shares of 0–1.`,
      {
        hint,
      },
    );
  return usual;
}

/** Whether boxes that should be in pixels look like shares of 0–1. The arguments are those of unitsOf. */
export function looksNormalised(largest: number, widthPx: number): boolean {
  return largest <= largestShare && widthPx > smallestSidePx;
}
