// The transforms of Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray 2016, §4.1): a 3 × 3 convolution of stride 1
// becomes 16 products of matrices over tiles of 2 × 2 outputs, with 2.25 times fewer multiplications. Channels lie side
// by side, four at a time are changed; the numbers of place 4·row + column of all tiles make a plane.

export interface WinogradCode {
  /**
   * A row of tiles to the tile domain, V = Bᵀ d B.
   * @param image  of 4 rows that are `pitch` apart, 2·tiles + 2 pixels of `pixel` bytes each
   * @param target 16 × [tiles, C], `plane` apart
   */
  readonly transformInput: (
    image: number,
    pitch: number,
    pixel: number,
    tiles: number,
    target: number,
    plane: number,
  ) => void;
  /**
   * Slopes of a row of tiles' outputs to the tile domain, the adjoint of transformOutput: A dy Aᵀ.
   * @param image of 2 rows, 2·tiles pixels each
   */
  readonly transformSlopes: WinogradCode['transformInput'];
  /**
   * A row of tiles back to an image, Y = Aᵀ M A.
   * @param image of 2 rows, 2·tiles pixels each; overwritten
   * @param target read
   */
  readonly transformOutput: WinogradCode['transformInput'];
  /**
   * Kernels to the tile domain, U = G g Gᵀ.
   * @param kernel 3 × 3 × size
   * @param target 16 × size
   * @param size   bytes of a place: 4·C·F, a multiple of 16
   */
  readonly transformFilter: (kernel: number, size: number, target: number) => void;
  /** Slopes of the tile domain's kernels back to the kernels', the adjoint of transformFilter: Gᵀ dU G. */
  readonly collectFilterSlopes: WinogradCode['transformFilter'];
}

/** A vector: what it is made of, as text. */
type Vector = string;
const add = (a: Vector, b: Vector): Vector => `(f32x4.add ${a} ${b})`;
const subtract = (a: Vector, b: Vector): Vector => `(f32x4.sub ${a} ${b})`;
const half = (a: Vector): Vector => `(f32x4.mul ${a} (local.get $half))`;
const negative = (a: Vector): Vector => `(f32x4.neg ${a})`;
const load = (address: string): Vector => `(v128.load ${address})`;

const get = (name: string): string => `(local.get ${name})`;
const plus = (a: string, b: string): string => `(i32.add ${a} ${b})`;
const times = (a: string, factor: number): string => `(i32.mul ${a} (i32.const ${factor}))`;
const four = <T>(make: (i: number) => T): [T, T, T, T] => [make(0), make(1), make(2), make(3)];
const local = (name: string): string => `(local ${name} i32)`;
const set = (name: string, value: string): string => `(local.set ${name} ${value})`;

/** Where the numbers of a pixel and of a place of the tile domain are, beside the channel in hand. */
const pixelAt = (row: number, column: number): string => plus(get(`$row${row}`), get(`$column${column}`));
const placeAt = (place: number): string => plus(get('$to'), get(`$plane${place}`));

/** Writes a vector into a local, for it is used more than once. */
const keep = (name: string, value: Vector): string => `(local.set ${name} ${value})`;

/** Goes through a row of tiles, four channels at a time. */
function alongTiles(name: string, rows: number, columns: number, body: string): string {
  const perRow = Array.from({ length: rows }, (_, i) => i);
  const perColumn = Array.from({ length: columns }, (_, i) => i);
  const planes = Array.from({ length: 16 }, (_, i) => i);
  return `
(func (export "${name}") (param $image i32) (param $pitch i32) (param $pixel i32) (param $tiles i32)
    (param $to i32) (param $plane i32)
  (local $left i32) ${perRow.map((i) => local(`$row${i}`)).join(' ')} ${perColumn.map((i) => local(`$column${i}`)).join(' ')}
  ${planes.map((i) => local(`$plane${i}`)).join(' ')}
  (local $d0 v128) (local $d1 v128) (local $d2 v128) (local $d3 v128)
  (local $e0 v128) (local $e1 v128) (local $e2 v128) (local $e3 v128)
  ${planes.map((i) => set(`$plane${i}`, times(get('$plane'), i))).join('\n')}
  ${perColumn.map((i) => set(`$column${i}`, times(get('$pixel'), i))).join('\n')}
  ${perRow.map((i) => set(`$row${i}`, plus(get('$image'), times(get('$pitch'), i)))).join('\n')}
  (loop $tile
    (local.set $left ${get('$pixel')})
    (loop $channels
      ${body}
      ${perRow.map((i) => set(`$row${i}`, plus(get(`$row${i}`), '(i32.const 16)'))).join('\n')}
      ${set('$to', plus(get('$to'), '(i32.const 16)'))}
      (br_if $channels (local.tee $left (i32.sub ${get('$left')} (i32.const 16)))))
    ${perRow.map((i) => set(`$row${i}`, plus(get(`$row${i}`), get('$pixel')))).join('\n')}
    (br_if $tile (local.tee $tiles (i32.sub ${get('$tiles')} (i32.const 1))))))`;
}

/** Bᵀ v for four numbers v. */
const inputRows = (v: readonly Vector[]): Vector[] => {
  const [a = '', b = '', c = '', d = ''] = v;
  return [subtract(a, c), add(b, c), subtract(c, b), subtract(b, d)];
};

const transformInput = alongTiles(
  'transformInput',
  4,
  4,
  four((row) => {
    const columns = four((column) => inputRows(four((r) => load(pixelAt(r, column))))[row] ?? '');
    const kept = four((column) => get(`$d${column}`));
    return [
      ...columns.map((value, column) => keep(`$d${column}`, value)),
      ...inputRows(kept).map((value, column) => `(v128.store ${placeAt(4 * row + column)} ${value})`),
    ].join('\n');
  }).join('\n'),
);

/** A v for two numbers v. A = [[1, 0], [1, 1], [1, −1], [0, −1]] */
const slopeRows = (a: Vector, b: Vector): Vector[] => [a, add(a, b), subtract(a, b), negative(b)];

const transformSlopes = alongTiles(
  'transformSlopes',
  2,
  2,
  four((row) =>
    [
      ...[0, 1].map((c) => keep(`$d${c}`, slopeRows(load(pixelAt(0, c)), load(pixelAt(1, c)))[row] ?? '')),
      ...slopeRows(get('$d0'), get('$d1')).map(
        (value, column) => `(v128.store ${placeAt(4 * row + column)} ${value})`,
      ),
    ].join('\n'),
  ).join('\n'),
);

/** Aᵀ v for four numbers v. */
const outputRows = ([a = '', b = '', c = '', d = '']: readonly Vector[]): [Vector, Vector] => [
  add(add(a, b), c),
  subtract(subtract(b, c), d),
];

const transformOutput = alongTiles(
  'transformOutput',
  2,
  2,
  [
    ...four((column) => {
      const [upper, lower] = outputRows(four((row) => load(placeAt(4 * row + column))));
      return `${keep(`$d${column}`, upper)} ${keep(`$e${column}`, lower)}`;
    }),
    ...['$d', '$e'].flatMap((name, row) =>
      outputRows(four((column) => get(`${name}${column}`))).map(
        (value, column) => `(v128.store ${pixelAt(row, column)} ${value})`,
      ),
    ),
  ].join('\n'),
);

/** G v for three numbers v. G = [[1, 0, 0], [½, ½, ½], [½, −½, ½], [0, 0, 1]] */
const filterRows = ([a = '', b = '', c = '']: readonly Vector[]): Vector[] => [
  a,
  half(add(add(a, c), b)),
  half(subtract(add(a, c), b)),
  c,
];

/** Gᵀ v for four numbers v. */
const filterSlopeRows = ([a = '', b = '', c = '', d = '']: readonly Vector[]): Vector[] => [
  add(a, half(add(b, c))),
  half(subtract(b, c)),
  add(half(add(b, c)), d),
];

/** Goes through the kernels, four numbers of each place at a time. */
function alongKernels(name: string, from: number, to: number, body: string): string {
  const all = (side: string, places: number, text: (name: string, i: number) => string): string =>
    Array.from({ length: places }, (_, i) => text(`$${side}${i}`, i)).join('\n');
  return `
(func (export "${name}") (param $from i32) (param $size i32) (param $to i32)
  (local $left i32) (local $half v128) ${all('from', from, local)} ${all('to', to, local)}
  (local $d0 v128) (local $d1 v128) (local $d2 v128) (local $d3 v128)
  (local.set $half (f32x4.splat (f32.const 0.5)))
  ${all('from', from, (place, i) => set(place, plus(get('$from'), times(get('$size'), i))))}
  ${all('to', to, (place, i) => set(place, plus(get('$to'), times(get('$size'), i))))}
  (local.set $left (local.get $size))
  (loop $next
    ${body}
    ${all('from', from, (place) => set(place, plus(get(place), '(i32.const 16)')))}
    ${all('to', to, (place) => set(place, plus(get(place), '(i32.const 16)')))}
    (br_if $next (local.tee $left (i32.sub ${get('$left')} (i32.const 16))))))`;
}

const transformFilter = alongKernels(
  'transformFilter',
  9,
  16,
  four((row) =>
    [
      ...[0, 1, 2].map((column) =>
        keep(`$d${column}`, filterRows([0, 1, 2].map((r) => load(get(`$from${3 * r + column}`))))[row] ?? ''),
      ),
      ...filterRows([0, 1, 2].map((column) => get(`$d${column}`))).map(
        (value, column) => `(v128.store ${get(`$to${4 * row + column}`)} ${value})`,
      ),
    ].join('\n'),
  ).join('\n'),
);

const collectFilterSlopes = alongKernels(
  'collectFilterSlopes',
  16,
  9,
  [0, 1, 2]
    .map((row) =>
      [
        ...four((column) =>
          keep(`$d${column}`, filterSlopeRows(four((r) => load(get(`$from${4 * r + column}`))))[row] ?? ''),
        ),
        ...filterSlopeRows(four((column) => get(`$d${column}`))).map(
          (value, column) => `(v128.store ${get(`$to${3 * row + column}`)} ${value})`,
        ),
      ].join('\n'),
    )
    .join('\n'),
);

/** WebAssembly text. */
export const winogradCode = [
  transformInput,
  transformSlopes,
  transformOutput,
  transformFilter,
  collectFilterSlopes,
].join('\n');
