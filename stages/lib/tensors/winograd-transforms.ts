/**
 * The transforms of Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray 2016, §4.1): a 3 × 3 convolution of stride 1
 * becomes 16 products of matrices over tiles of 2 × 2 outputs, with 2.25 times fewer multiplications. On plain arrays;
 * each of the 16 planes is an array of its own, place 4·row + column.
 */

/** How an image [height, width, channels] is cut into tiles of 2 × 2 outputs. */
export interface TileGrid {
  readonly rows: number;
  readonly columns: number;
}

/** @param height of the output */
export function tileGrid(height: number, width: number): TileGrid {
  return { rows: Math.ceil(height / 2), columns: Math.ceil(width / 2) };
}

/**
 * Kernels to the tile domain, U = G g Gᵀ.
 * @param filter [3, 3, C, F]
 * @param planes 16 × [C, F]
 */
export function transformFilter(filter: Float32Array, size: number, planes: readonly Float32Array[]): void {
  for (let row = 0; row < 4; row++) {
    const [p0, p1, p2, p3] = four(planes, row);
    for (let i = 0; i < size; i++) {
      const a = alongColumns(filter, i, size, row);
      const b = alongColumns(filter, i + size, size, row);
      const c = alongColumns(filter, i + 2 * size, size, row);
      const outer = 0.5 * (a + c);
      p0[i] = a;
      p1[i] = outer + 0.5 * b;
      p2[i] = outer - 0.5 * b;
      p3[i] = c;
    }
  }
}

/** Row `row` of G g for the column of g that starts at `at`. */
function alongColumns(filter: Float32Array, at: number, size: number, row: number): number {
  if (row === 0) return filter[at] as number;
  if (row === 3) return filter[at + 6 * size] as number;
  const outer = 0.5 * ((filter[at] as number) + (filter[at + 6 * size] as number));
  const middle = 0.5 * (filter[at + 3 * size] as number);
  return row === 1 ? outer + middle : outer - middle;
}

/** @param from [rows, columns] @param to [columns, rows] */
export function transposeInto(from: Float32Array, rows: number, columns: number, to: Float32Array): void {
  const block = 16;
  for (let r0 = 0; r0 < rows; r0 += block)
    for (let c0 = 0; c0 < columns; c0 += block) {
      const r1 = Math.min(rows, r0 + block);
      const c1 = Math.min(columns, c0 + block);
      for (let c = c0; c < c1; c++)
        for (let r = r0; r < r1; r++) to[c * rows + r] = from[r * columns + c] as number;
    }
}

/**
 * Tiles of an image to the tile domain, V = Bᵀ d B.
 * @param image  [2·rows + 2, 2·columns + 2, C], padded
 * @param planes 16 × [tiles, C]; the image's first tile is number `first`
 */
export function transformInput(
  image: Float32Array,
  grid: TileGrid,
  channels: number,
  planes: readonly Float32Array[],
  first: number,
): void {
  const pitch = (2 * grid.columns + 2) * channels;
  for (let row = 0; row < 4; row++) {
    // Row `row` of Bᵀ is the difference or the sum of two rows of the tile.
    const one = [0, 1, 2, 1][row] ?? 0;
    const two = [2, 2, 1, 3][row] ?? 0;
    const sign = row === 1 ? 1 : -1;
    const [p0, p1, p2, p3] = four(planes, row);
    for (let ty = 0; ty < grid.rows; ty++) {
      const above = (2 * ty + one) * pitch;
      const below = (2 * ty + two) * pitch;
      for (let tx = 0; tx < grid.columns; tx++) {
        const to = (first + ty * grid.columns + tx) * channels;
        const a = above + 2 * tx * channels;
        const b = below + 2 * tx * channels;
        for (let c = 0; c < channels; c++) {
          const d0 = (image[a + c] as number) + sign * (image[b + c] as number);
          const d1 = (image[a + channels + c] as number) + sign * (image[b + channels + c] as number);
          const d2 = (image[a + 2 * channels + c] as number) + sign * (image[b + 2 * channels + c] as number);
          const d3 = (image[a + 3 * channels + c] as number) + sign * (image[b + 3 * channels + c] as number);
          p0[to + c] = d0 - d2;
          p1[to + c] = d1 + d2;
          p2[to + c] = d2 - d1;
          p3[to + c] = d1 - d3;
        }
      }
    }
  }
}

/**
 * Slopes of an image's outputs to the tile domain, the adjoint of transformOutput: A dy Aᵀ.
 * @param slopes [2·rows, 2·columns, F], padded
 * @param planes 16 × [tiles, F]
 */
export function transformSlopes(
  slopes: Float32Array,
  grid: TileGrid,
  filters: number,
  planes: readonly Float32Array[],
  first: number,
): void {
  const pitch = 2 * grid.columns * filters;
  for (let row = 0; row < 4; row++) {
    // A = [[1, 0], [1, 1], [1, −1], [0, −1]]
    const upper = row === 3 ? 0 : 1;
    const lower = [0, 1, -1, -1][row] ?? 0;
    const [p0, p1, p2, p3] = four(planes, row);
    for (let ty = 0; ty < grid.rows; ty++)
      for (let tx = 0; tx < grid.columns; tx++) {
        const to = (first + ty * grid.columns + tx) * filters;
        const a = 2 * ty * pitch + 2 * tx * filters;
        const b = a + pitch;
        for (let f = 0; f < filters; f++) {
          const left = upper * (slopes[a + f] as number) + lower * (slopes[b + f] as number);
          const right =
            upper * (slopes[a + filters + f] as number) + lower * (slopes[b + filters + f] as number);
          p0[to + f] = left;
          p1[to + f] = left + right;
          p2[to + f] = left - right;
          p3[to + f] = -right;
        }
      }
  }
}

/**
 * Products of tiles back to an image, Y = Aᵀ M A; what lies beyond the image is dropped.
 * @param planes 16 × [tiles, F]
 * @param image  [height, width, F], written from `at` on
 */
export function transformOutput(
  planes: readonly Float32Array[],
  first: number,
  grid: TileGrid,
  filters: number,
  image: Float32Array,
  at: number,
  height: number,
  width: number,
): void {
  const p = planes;
  for (let y = 0; y < 2; y++) {
    const [a0, a1, a2, a3] = four(p, y);
    const [b0, b1, b2, b3] = four(p, y + 1);
    const [c0, c1, c2, c3] = four(p, y + 2);
    const sign = y === 0 ? 1 : -1;
    // y = 0: row 0 + row 1 + row 2; y = 1: row 1 − row 2 − row 3.
    for (let ty = 0; ty < grid.rows; ty++) {
      const row = 2 * ty + y;
      if (row >= height) continue;
      for (let tx = 0; tx < grid.columns; tx++) {
        const from = (first + ty * grid.columns + tx) * filters;
        const to = at + (row * width + 2 * tx) * filters;
        const whole = 2 * tx + 1 < width;
        for (let f = 0; f < filters; f++) {
          const i = from + f;
          const m1 = (a1[i] as number) + sign * ((b1[i] as number) + (c1[i] as number));
          const m2 = (a2[i] as number) + sign * ((b2[i] as number) + (c2[i] as number));
          image[to + f] = (a0[i] as number) + sign * ((b0[i] as number) + (c0[i] as number)) + m1 + m2;
          if (whole)
            image[to + filters + f] =
              m1 - m2 - ((a3[i] as number) + sign * ((b3[i] as number) + (c3[i] as number)));
        }
      }
    }
  }
}

/**
 * Slopes of the tile domain's kernels back to the kernels', the adjoint of transformFilter: Gᵀ dU G.
 * @param planes 16 × [C, F]
 * @param slopes [3, 3, C, F]
 */
export function collectFilterSlopes(
  planes: readonly Float32Array[],
  size: number,
  slopes: Float32Array,
): void {
  for (let row = 0; row < 3; row++) {
    const to = 3 * row * size;
    for (let i = 0; i < size; i++) {
      const a = downColumn(planes, 0, i, row);
      const b = downColumn(planes, 1, i, row);
      const c = downColumn(planes, 2, i, row);
      const d = downColumn(planes, 3, i, row);
      const middle = 0.5 * (b + c);
      slopes[to + i] = a + middle;
      slopes[to + size + i] = 0.5 * (b - c);
      slopes[to + 2 * size + i] = middle + d;
    }
  }
}

/** Row `row` of Gᵀ dU for a column of dU. */
function downColumn(planes: readonly Float32Array[], column: number, i: number, row: number): number {
  const one = (planes[4 + column] as Float32Array)[i] as number;
  const two = (planes[8 + column] as Float32Array)[i] as number;
  if (row === 0) return ((planes[column] as Float32Array)[i] as number) + 0.5 * (one + two);
  if (row === 1) return 0.5 * (one - two);
  return 0.5 * (one + two) + ((planes[12 + column] as Float32Array)[i] as number);
}

function plane(planes: readonly Float32Array[], index: number): Float32Array {
  return planes[index] as Float32Array;
}

/** The planes of a row of the tile. */
function four(
  planes: readonly Float32Array[],
  row: number,
): [Float32Array, Float32Array, Float32Array, Float32Array] {
  return [plane(planes, 4 * row), plane(planes, 4 * row + 1), plane(planes, 4 * row + 2), plane(planes, 4 * row + 3)]; // prettier-ignore
}
