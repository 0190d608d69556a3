import { pixelCode, pixelMemory } from './pixel-code.js';
import { LETTERBOX_GREY, placeInto, type Colour, type Placement, type RgbPixels } from './resample.js';

/**
 * As resampleInto, four times as fast and equal to float32's precision: for training, which waits for it. (resampleInto
 * needs nothing but itself, so that it also runs in an exported detector's folder.)
 * @param target [targetHeight, targetWidth, 3], 0–1; wholly overwritten
 */
export function resampleByVectors(
  target: Float32Array,
  targetWidth: number,
  targetHeight: number,
  image: RgbPixels,
  placement: Placement,
  fill: Colour = LETTERBOX_GREY,
): void {
  const { columns, rows } = placeInto(target, targetWidth, targetHeight, image, placement, fill);
  const count = columns.last - columns.first;
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
