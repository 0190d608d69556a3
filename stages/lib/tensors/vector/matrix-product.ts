import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { PANEL_COLUMNS, PANEL_ROWS, type ProductCode } from './product-code.js';
import { vectorCodeOf } from './vector-code.js';

/** Floats in the backend's memory. */
export interface MatrixView {
  /** Address of the first number, in bytes. */
  readonly at: number;
  /** Numbers from one row to the next (from one column to the next where turned). */
  readonly pitch: number;
  /** The transpose of what lies there is meant. */
  readonly turned?: boolean;
}

export interface ProductSizes {
  readonly rows: number;
  /** What is summed over. */
  readonly depth: number;
  readonly columns: number;
}

/** Steps of the sums that are taken at once: a panel of each side and the sums fit into 32 KB together. */
const DEPTH_BLOCK = 256;
/** Rows of the left side that are held as panels: 256 KB, well inside of a second-level cache. */
const ROWS_BLOCK = 256;

const LEFT_FLOATS = ROWS_BLOCK * DEPTH_BLOCK;
const RIGHT_FLOATS = PANEL_COLUMNS * DEPTH_BLOCK;
const CORNER_FLOATS = ROWS_BLOCK * PANEL_COLUMNS;

const rooms = new WeakMap<BackendWasm, number>();

/** The address of the room for panels in a backend's memory, which is kept. */
function roomOf(backend: BackendWasm): number {
  const known = rooms.get(backend);
  if (known !== undefined) return known;
  const address = backend.wasm._malloc(4 * (LEFT_FLOATS + RIGHT_FLOATS + CORNER_FLOATS)) >>> 0;
  rooms.set(backend, address);
  return address;
}

/**
 * c = a · b, for matrices of float32 in the backend's memory.
 * @param c    [rows, columns]
 * @param adds c = c + a · b
 */
export function multiplyInto(
  backend: BackendWasm,
  { rows, depth, columns }: ProductSizes,
  a: MatrixView,
  b: MatrixView,
  c: { readonly at: number; readonly pitch: number },
  adds = false,
): void {
  const acrossB = { ...b, turned: b.turned !== true };
  const code = vectorCodeOf(backend);
  const left = roomOf(backend);
  const floats = new Float32Array(backend.wasm.HEAPU8.buffer);
  const right = left + 4 * LEFT_FLOATS;
  const corner = right + 4 * RIGHT_FLOATS;
  for (let k = 0; k < depth; k += DEPTH_BLOCK) {
    const steps = Math.min(DEPTH_BLOCK, depth - k);
    const add = adds || k > 0 ? 1 : 0;
    for (let row = 0; row < rows; row += ROWS_BLOCK) {
      const height = Math.min(ROWS_BLOCK, rows - row);
      pack(code, floats, PANEL_ROWS, a, row, height, k, steps, left);
      for (let column = 0; column < columns; column += PANEL_COLUMNS) {
        const width = Math.min(PANEL_COLUMNS, columns - column);
        const to = c.at + 4 * (row * c.pitch + column);
        pack(code, floats, PANEL_COLUMNS, acrossB, column, width, k, steps, right);
        // What is no whole panel is made in a corner of its own.
        const direct = width === PANEL_COLUMNS ? Math.floor(height / PANEL_ROWS) : 0;
        if (direct > 0) code.multiplyPanels(steps, direct, left, right, to, 4 * c.pitch, add);
        const done = direct * PANEL_ROWS;
        if (done === height) continue;
        const panels = Math.ceil(height / PANEL_ROWS) - direct;
        code.multiplyPanels(steps, panels, left + 4 * done * steps, right, corner, 4 * PANEL_COLUMNS, 0);
        for (let y = done; y < height; y++)
          for (let x = 0; x < width; x++) {
            const place = to / 4 + y * c.pitch + x;
            const sum = floats[corner / 4 + (y - done) * PANEL_COLUMNS + x] as number;
            floats[place] = add === 1 ? (floats[place] as number) + sum : sum;
          }
      }
    }
  }
}

/** Copies rows (columns of the right side, whose view is turned) into panels; the last one may be filled up by zeros. */
function pack(
  code: ProductCode,
  floats: Float32Array,
  width: typeof PANEL_ROWS | typeof PANEL_COLUMNS,
  { at, pitch, turned }: MatrixView,
  first: number,
  count: number,
  k: number,
  steps: number,
  to: number,
): void {
  const along = width === PANEL_ROWS ? code.packAlong4 : code.packAlong8;
  const across = width === PANEL_ROWS ? code.packAcross4 : code.packAcross8;
  // From one row to the next, and from one step to the next.
  const [between, onward] = turned === true ? [1, pitch] : [pitch, 1];
  let row = 0;
  for (; row + width <= count; row += width) {
    const from = at + 4 * ((first + row) * between + k * onward);
    const panel = to + 4 * row * steps;
    if (turned === true) along(from, 4 * pitch, steps, panel);
    else across(from, 4 * pitch, steps, panel);
  }
  if (row === count) return;
  const from = at / 4 + (first + row) * between + k * onward;
  let panel = to / 4 + row * steps;
  for (let step = 0; step < steps; step++)
    for (let r = 0; r < width; r++)
      floats[panel++] = row + r < count ? (floats[from + r * between + step * onward] as number) : 0;
}
