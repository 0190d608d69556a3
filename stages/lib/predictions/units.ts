import { UserError } from '../../../pipeline/core/user-error.js';
import { largestShare, looksNormalised, type BoxUnits } from '../formats/box-units.js';
import { optionWords } from '../formats/option-words.js';

/** Whether boxes are in pixels or in shares of the image's sides; `auto` takes the usual, and asks where it looks wrong. */
export type Coordinates = 'auto' | BoxUnits;

/**
 * The units of a file's boxes.
 * @param usual    what files of this form have
 * @param largest  the largest number in any of its boxes; -Infinity for no box
 * @param widthPx  of the narrowest image
 * @throws UserError when the boxes do not look like the usual and nobody said which it is
 */
export function unitsOf(
  coordinates: Coordinates,
  usual: BoxUnits,
  { label, largest, widthPx }: { readonly label: string; readonly largest: number; readonly widthPx: number },
): BoxUnits {
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
