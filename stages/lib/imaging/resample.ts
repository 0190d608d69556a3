/** The pixels that resampling reads: rows of R, G, B bytes. */
export interface RgbPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Where an image lies in the target, in whole target pixels; it may reach beyond the target on any side. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Mirrored left to right inside its place. */
  readonly flipped?: boolean;
}

/** A colour, each part 0–1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The grey around an image that does not fill the target (darknet's letterbox). */
export const LETTERBOX_GREY: Colour = [0.5, 0.5, 0.5];

/** Where in the image a target's columns and rows lie; a target that the image does not cover is filled first. */
export function placeInto(
  target: Float32Array,
  targetWidth: number,
  targetHeight: number,
  image: RgbPixels,
  { left, top, width, height, flipped = false }: Placement,
  fill: Colour,
): { readonly columns: Taps; readonly rows: Taps } {
  const columns = taps(left, width, targetWidth, image.width, flipped);
  const rows = taps(top, height, targetHeight, image.height, false);
  if (rows.first > 0 || rows.last < targetHeight || columns.first > 0 || columns.last < targetWidth)
    fillWith(target, targetWidth * targetHeight, fill);
  return { columns, rows };
}

/**
 * Draws an image at its place into a float target, bilinearly with corners aligned as darknet's resize_image.
 * @param target [targetHeight, targetWidth, 3], 0–1; wholly overwritten
 */
export function resampleInto(
  target: Float32Array,
  targetWidth: number,
  targetHeight: number,
  image: RgbPixels,
  placement: Placement,
  fill: Colour = LETTERBOX_GREY,
): void {
  const { columns, rows } = placeInto(target, targetWidth, targetHeight, image, placement, fill);
  const pitch = image.width * 3;
  const { data } = image;
  for (let y = rows.first; y < rows.last; y++) {
    const upper = (rows.low[y] ?? 0) * pitch;
    const lower = (rows.high[y] ?? 0) * pitch;
    const down = rows.weight[y] ?? 0;
    let to = (y * targetWidth + columns.first) * 3;
    for (let x = columns.first; x < columns.last; x++) {
      const left = (columns.low[x] ?? 0) * 3;
      const right = (columns.high[x] ?? 0) * 3;
      const across = columns.weight[x] ?? 0;
      for (let c = 0; c < 3; c++, to++) {
        const above = data[upper + left + c] as number;
        const below = data[lower + left + c] as number;
        const top = above + ((data[upper + right + c] as number) - above) * across;
        const bottom = below + ((data[lower + right + c] as number) - below) * across;
        target[to] = (top + (bottom - top) * down) / 255;
      }
    }
  }
}

/** Which two source pixels each target pixel from first to before last lies between along one axis, and how far from the first. */
interface Taps {
  readonly first: number;
  readonly last: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float32Array;
}

function taps(
  start: number,
  length: number,
  targetLength: number,
  sourceLength: number,
  flipped: boolean,
): Taps {
  const first = Math.max(0, start);
  const last = Math.min(targetLength, start + length);
  const low = new Int32Array(targetLength);
  const high = new Int32Array(targetLength);
  const weight = new Float32Array(targetLength);
  const step = length > 1 ? (sourceLength - 1) / (length - 1) : 0;
  for (let i = first; i < last; i++) {
    const inside = flipped ? length - 1 - (i - start) : i - start;
    const place = Math.min(sourceLength - 1, inside * step);
    const floor = Math.floor(place);
    low[i] = floor;
    high[i] = Math.min(sourceLength - 1, floor + 1);
    weight[i] = place - floor;
  }
  return { first, last, low, high, weight };
}

/** The mean colour of an image. */
export function meanColour({ data }: RgbPixels): Colour {
  const sums = [0, 0, 0];
  // Every seventh pixel tells it well enough.
  let count = 0;
  for (let i = 0; i + 2 < data.length; i += 21, count++)
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (data[i + c] ?? 0);
  const part = (c: number): number => (count === 0 ? 0.5 : (sums[c] ?? 0) / count / 255);
  return [part(0), part(1), part(2)];
}

/** Fills pixels with one colour. */
export function fillWith(target: Float32Array, pixels: number, [red, green, blue]: Colour): void {
  if (red === green && green === blue) {
    target.fill(red, 0, 3 * pixels);
    return;
  }
  for (let i = 0; i < 3 * pixels; i += 3) {
    target[i] = red;
    target[i + 1] = green;
    target[i + 2] = blue;
  }
}
