/** The size of an image as stored, in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** Digits behind the point of normalised coordinates: in an image of 10,000 pixels half a millionth of a pixel. */
const normalisedDigits = 10;

/** Decimal text of a normalised coordinate, without zeros at its end. */
export function normalisedText(value: number): string {
  return String(Number(value.toFixed(normalisedDigits)));
}

/**
 * An edge in pixels of a share of the image's side. Six decimals, as most files have them, put an edge that was at the
 * image's border a little outside: what is within a millionth of the side belongs to the border.
 */
export function edgePx(share: number, sidePx: number): number {
  if (Math.abs(share) <= 1e-6) return 0;
  return Math.abs(share - 1) <= 1e-6 ? sidePx : share * sidePx;
}
