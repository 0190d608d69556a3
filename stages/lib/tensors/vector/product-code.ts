// Products of matrices as Goto & van de Geijn 2008 take them: both sides are first copied into panels, in the order in
// which the innermost loop reads them. Node 20 has vectors of four floats and no fused multiply-add; four rows by eight
// columns are as many sums as its registers hold (measured: 41 GFLOP/s in the loop on a core where XNNPACK's takes 27;
// more sums, or a loop that is unrolled, spill and are slower).

/** Rows of a panel of the left side. */
export const PANEL_ROWS = 4;
/** Columns of a panel of the right side. */
export const PANEL_COLUMNS = 8;

export interface ProductCode {
  /**
   * A panel of numbers that lie side by side: step k's four (packAlong4) or eight (packAlong8) at from + k·pitch.
   * @param depth steps
   */
  readonly packAlong4: (from: number, pitch: number, depth: number, to: number) => void;
  readonly packAlong8: (from: number, pitch: number, depth: number, to: number) => void;
  /** A panel of numbers that lie one above the other: step k's are at from + 4·k + row·pitch. */
  readonly packAcross4: (from: number, pitch: number, depth: number, to: number) => void;
  readonly packAcross8: (from: number, pitch: number, depth: number, to: number) => void;
  /**
   * Multiplies panels of the left side, one behind the other, by one panel of the right side.
   * @param add   1 adds to what is at c, 0 overwrites it
   * @param c     [4·panels, 8] in rows that are `pitch` apart
   */
  readonly multiplyPanels: (
    depth: number,
    panels: number,
    a: number,
    b: number,
    c: number,
    pitch: number,
    add: 0 | 1,
  ) => void;
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const each = (n: number, text: (i: number) => string): string => count(n).map(text).join('\n');
const advance = (name: string, by: string): string =>
  `(local.set ${name} (i32.add (local.get ${name}) ${by}))`;

/** Copies `vectors` × 4 numbers of each step. */
const packAlong = (vectors: number): string => `
(func (export "packAlong${4 * vectors}") (param $from i32) (param $pitch i32) (param $depth i32) (param $to i32)
  (loop $step
    ${each(vectors, (v) => `(v128.store offset=${16 * v} (local.get $to) (v128.load offset=${16 * v} (local.get $from)))`)}
    ${advance('$from', '(local.get $pitch)')}
    ${advance('$to', `(i32.const ${16 * vectors})`)}
    (br_if $step (local.tee $depth (i32.sub (local.get $depth) (i32.const 1))))))`;

const lanes = {
  lowPairs: '0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23',
  highPairs: '8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31',
  lowHalves: '0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23',
  highHalves: '8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31',
};
const shuffle = (pattern: keyof typeof lanes, a: string, b: string): string =>
  `(i8x16.shuffle ${lanes[pattern]} (local.get ${a}) (local.get ${b}))`;

/** Turns a square of 4 × 4 numbers: from four rows into four steps of a panel. */
const turnSquare = (vector: number, vectors: number): string => `
  ${each(4, (r) => `(local.set $r${r} (v128.load (local.get $at${4 * vector + r})))`)}
  (local.set $p ${shuffle('lowPairs', '$r0', '$r1')})
  (local.set $q ${shuffle('lowPairs', '$r2', '$r3')})
  (local.set $r0 ${shuffle('highPairs', '$r0', '$r1')})
  (local.set $r2 ${shuffle('highPairs', '$r2', '$r3')})
  ${[
    shuffle('lowHalves', '$p', '$q'),
    shuffle('highHalves', '$p', '$q'),
    shuffle('lowHalves', '$r0', '$r2'),
    shuffle('highHalves', '$r0', '$r2'),
  ]
    .map((row, k) => `(v128.store offset=${16 * (k * vectors + vector)} (local.get $to) ${row})`)
    .join('\n')}`;

/** Four steps at a time by squares, the last ones number by number. */
const packAcross = (vectors: number): string => `
(func (export "packAcross${4 * vectors}") (param $from i32) (param $pitch i32) (param $depth i32) (param $to i32)
  ${each(4 * vectors, (r) => `(local $at${r} i32)`)}
  (local $r0 v128) (local $r1 v128) (local $r2 v128) (local $r3 v128) (local $p v128) (local $q v128)
  (local.set $at0 (local.get $from))
  ${each(4 * vectors - 1, (r) => `(local.set $at${r + 1} (i32.add (local.get $at${r}) (local.get $pitch)))`)}
  (block $squaresDone (loop $square
    (br_if $squaresDone (i32.lt_u (local.get $depth) (i32.const 4)))
    ${each(vectors, (v) => turnSquare(v, vectors))}
    ${each(4 * vectors, (r) => advance(`$at${r}`, '(i32.const 16)'))}
    ${advance('$to', `(i32.const ${64 * vectors})`)}
    (local.set $depth (i32.sub (local.get $depth) (i32.const 4)))
    (br $square)))
  (block $done (loop $step
    (br_if $done (i32.eqz (local.get $depth)))
    ${each(4 * vectors, (r) => `(f32.store offset=${4 * r} (local.get $to) (f32.load (local.get $at${r}))) ${advance(`$at${r}`, '(i32.const 4)')}`)}
    ${advance('$to', `(i32.const ${16 * vectors})`)}
    (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
    (br $step))))`;

const rows = count(PANEL_ROWS);
const vectors = count(PANEL_COLUMNS / 4);
/** Something for each vector of the sums, row by row; $row goes along with the rows. */
const eachSum = (text: (sum: string, offset: number) => string): string =>
  rows
    .map(
      (r) =>
        `${vectors.map((v) => text(`$sum${r}${v}`, 16 * v)).join(' ')} ${advance('$row', '(local.get $pitch)')}`,
    ) // prettier-ignore
    .join('\n');

const multiplyPanels = `
(func (export "multiplyPanels") (param $depth i32) (param $panels i32) (param $a i32) (param $b i32)
    (param $c i32) (param $pitch i32) (param $add i32)
  (local $right i32) (local $left i32) (local $row i32) (local $factor v128)
  ${vectors.map((v) => `(local $b${v} v128)`).join(' ')}
  ${rows.map((r) => vectors.map((v) => `(local $sum${r}${v} v128)`).join(' ')).join('\n')}
  (loop $panel
    (local.set $row (local.get $c))
    (if (local.get $add)
      (then ${eachSum((sum, offset) => `(local.set ${sum} (v128.load offset=${offset} (local.get $row)))`)})
      (else ${eachSum((sum) => `(local.set ${sum} (v128.const i32x4 0 0 0 0))`)}))
    (local.set $right (local.get $b))
    (local.set $left (local.get $depth))
    (loop $step
      ${vectors.map((v) => `(local.set $b${v} (v128.load offset=${16 * v} (local.get $right)))`).join('\n')}
      ${rows
        .map(
          (r) => `(local.set $factor (v128.load32_splat offset=${4 * r} (local.get $a)))
      ${vectors.map((v) => `(local.set $sum${r}${v} (f32x4.add (local.get $sum${r}${v}) (f32x4.mul (local.get $factor) (local.get $b${v}))))`).join('\n')}`, // prettier-ignore
        )
        .join('\n')}
      ${advance('$a', `(i32.const ${4 * PANEL_ROWS})`)}
      ${advance('$right', `(i32.const ${4 * PANEL_COLUMNS})`)}
      (br_if $step (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.set $row (local.get $c))
    ${eachSum((sum, offset) => `(v128.store offset=${offset} (local.get $row) (local.get ${sum}))`)}
    (local.set $c (local.get $row))
    (br_if $panel (local.tee $panels (i32.sub (local.get $panels) (i32.const 1))))))`;

/** WebAssembly text. */
export const productCode = [packAlong(1), packAlong(2), packAcross(1), packAcross(2), multiplyPanels].join(
  '\n',
);
