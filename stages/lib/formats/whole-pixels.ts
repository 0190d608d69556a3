import type { BoxXyxyPx } from '../dataset/record.js';
import type { CountedNotes } from './counted-notes.js';

/** What 32-bit floats and decimals leave on whole pixels is no loss. */
const noisePx = 1e-3;

/**
 * A box on whole pixels for formats that have no others: every edge goes to the nearest one, so that it moves by half
 * a pixel at most; a box that would vanish keeps one pixel. Every box that moves is counted.
 */
export function toWholePixels(
  box: BoxXyxyPx,
  format: string,
  recordId: string,
  notes: CountedNotes,
): BoxXyxyPx {
  let [xmin, ymin, xmax, ymax] = box.map(roundHalfUp) as BoxXyxyPx;
  if (xmax === xmin && box[2] > box[0]) [xmin, xmax] = [Math.floor(box[0]), Math.floor(box[0]) + 1];
  if (ymax === ymin && box[3] > box[1]) [ymin, ymax] = [Math.floor(box[1]), Math.floor(box[1]) + 1];
  const whole: BoxXyxyPx = [xmin, ymin, xmax, ymax];
  if (whole.some((edge, index) => Math.abs(edge - (box[index] ?? 0)) > noisePx))
    notes.count(`{n} boxes are rounded to whole pixels: ${format} has no others`, recordId);
  return whole;
}

/** Math.round without its −0. */
function roundHalfUp(value: number): number {
  return Math.round(value) + 0;
}
