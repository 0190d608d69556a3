import { pixelCode, pixelMemory } from './pixel-code.js';

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
  const columns = taps(placement.left, placement.width, targetWidth, image.width, placement.flipped === true);
  const rows = taps(placement.top, placement.height, targetHeight, image.height, false);
  const count = columns.last - columns.first;
  if (rows.first > 0 || rows.last < targetHeight || count < targetWidth)
    fillWith(target, targetWidth * targetHeight, fill);
  if (count <= 0 || rows.last <= rows.first) return;
  const pitch = image.width * 3;
  // In the loops' memory: where the columns lie, two rows of the source stretched to the target's width, a row of the
  // target, and the image. A pixel is read and written as four numbers, so that one more must fit behind each.
  const row = 4 * (3 * count + 4);
  const [lows, highs, weights, first] = [0, 4 * count, 8 * count, 12 * count];
  const [second, mixed, pixels] = [first + row, first + 2 * row, first + 3 * row];
  const memory = pixelMemory(pixels + image.data.length + 4);
  new Int32Array(memory, lows, count).set(
    columns.low.subarray(columns.first, columns.last).map((x) => 3 * x),
  );
  new Int32Array(memory, highs, count).set(columns.high.subarray(columns.first, columns.last).map((x) => 3 * x)); // prettier-ignore
  new Float32Array(memory, weights, count).set(columns.weight.subarray(columns.first, columns.last));
  new Uint8Array(memory, pixels).set(image.data);
  const result = new Float32Array(memory, mixed, 3 * count);
  // Which row of the source each of the two holds: the next one of the target often needs them again.
  const held = [
    { at: first, row: -1 },
    { at: second, row: -1 },
  ];
  const stretched = (source: number, keep: number): number => {
    const known = held.find((buffer) => buffer.row === source);
    if (known) return known.at;
    const free = held.find((buffer) => buffer.row !== keep) as { at: number; row: number };
    pixelCode.betweenColumns(pixels + source * pitch, lows, highs, weights, count, free.at);
    free.row = source;
    return free.at;
  };
  for (let y = rows.first; y < rows.last; y++) {
    const [low, high] = [rows.low[y] as number, rows.high[y] as number];
    const [upper, lower] = [stretched(low, high), stretched(high, low)];
    pixelCode.betweenRows(upper, lower, rows.weight[y] as number, 1 / 255, 3 * count, mixed);
    target.set(result, (y * targetWidth + columns.first) * 3);
  }
}

/** Which two source pixels a target pixel lies between along one axis, and how far from the first. */
function taps(
  start: number,
  length: number,
  targetLength: number,
  sourceLength: number,
  flipped: boolean,
): { first: number; last: number; low: Int32Array; high: Int32Array; weight: Float32Array } {
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
