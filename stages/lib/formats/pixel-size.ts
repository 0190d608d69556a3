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
