import { assemble } from '../tensors/vector/assemble.js';

/**
 * The innermost loops over pixels, in a small memory of their own: a pixel's three channels are one vector. Addresses are
 * in bytes.
 */
interface PixelCode {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  /**
   * A row of bytes to a row of floats, each pixel between two of the source: a + (b − a)·weight.
   * @param lows    of the first pixel's bytes, relative to source; int32 each
   * @param highs   of the second's
   * @param weights float32
   * @param to      3 floats a pixel; up to 4 bytes behind the last are overwritten
   */
  readonly betweenColumns: (
    source: number,
    lows: number,
    highs: number,
    weights: number,
    count: number,
    to: number,
  ) => void;
  /** (upper + (lower − upper)·weight)·scale; whole vectors of 4 floats are written. */
  readonly betweenRows: (
    upper: number,
    lower: number,
    weight: number,
    scale: number,
    count: number,
    to: number,
  ) => void;
  /**
   * Changes pixels in place: t = matrix·pixel, then t + largest(t)·share, cut off at 0 and 1.
   * @param matrix three columns of 4 floats
   */
  readonly turnColours: (pixels: number, count: number, matrix: number, share: number) => void;
}

const advance = (name: string, bytes: number): string =>
  `(local.set ${name} (i32.add (local.get ${name}) (i32.const ${bytes})))`;
/** The four bytes at an address as floats; the fourth is that of the next pixel. */
const floatsAt = (address: string): string =>
  `(f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero ${address}))))`;
/** One channel in all places of a vector. */
const everywhere = (vector: string, channel: number): string => {
  const bytes = [0, 1, 2, 3].map((byte) => 4 * channel + byte).join(' ');
  return `(i8x16.shuffle ${bytes} ${bytes} ${bytes} ${bytes} (local.get ${vector}) (local.get ${vector}))`;
};

const text = `
(memory (export "memory") 32)
(func (export "betweenColumns") (param $source i32) (param $lows i32) (param $highs i32) (param $weights i32)
    (param $count i32) (param $to i32)
  (local $low v128)
  (loop $pixel
    (local.set $low ${floatsAt('(i32.add (local.get $source) (i32.load (local.get $lows)))')})
    (v128.store (local.get $to) (f32x4.add (local.get $low) (f32x4.mul
      (f32x4.sub ${floatsAt('(i32.add (local.get $source) (i32.load (local.get $highs)))')} (local.get $low))
      (v128.load32_splat (local.get $weights)))))
    ${advance('$lows', 4)} ${advance('$highs', 4)} ${advance('$weights', 4)} ${advance('$to', 12)}
    (br_if $pixel (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
(func (export "betweenRows") (param $upper i32) (param $lower i32) (param $weight f32) (param $scale f32)
    (param $count i32) (param $to i32)
  (local $above v128)
  (loop $next
    (local.set $above (v128.load (local.get $upper)))
    (v128.store (local.get $to) (f32x4.mul (f32x4.splat (local.get $scale)) (f32x4.add (local.get $above) (f32x4.mul
      (f32x4.sub (v128.load (local.get $lower)) (local.get $above)) (f32x4.splat (local.get $weight))))))
    ${advance('$upper', 16)} ${advance('$lower', 16)} ${advance('$to', 16)}
    (br_if $next (i32.gt_s (local.tee $count (i32.sub (local.get $count) (i32.const 4))) (i32.const 0)))))
(func (export "turnColours") (param $pixels i32) (param $count i32) (param $matrix i32) (param $share f32)
  (local $pixel v128) (local $turned v128)
  (loop $next
    (local.set $pixel (v128.load (local.get $pixels)))
    (local.set $turned (f32x4.add
      (f32x4.add (f32x4.mul ${everywhere('$pixel', 0)} (v128.load (local.get $matrix)))
                 (f32x4.mul ${everywhere('$pixel', 1)} (v128.load offset=16 (local.get $matrix))))
      (f32x4.mul ${everywhere('$pixel', 2)} (v128.load offset=32 (local.get $matrix)))))
    (local.set $turned (f32x4.add (local.get $turned) (f32x4.mul (f32x4.splat (local.get $share))
      (f32x4.pmax (f32x4.pmax ${everywhere('$turned', 0)} ${everywhere('$turned', 1)}) ${everywhere('$turned', 2)}))))
    (local.set $turned (f32x4.pmin (f32x4.pmax (local.get $turned) (f32x4.splat (f32.const 0))) (f32x4.splat (f32.const 1))))
    (v128.store64_lane 0 (local.get $pixels) (local.get $turned))
    (v128.store32_lane offset=8 2 (local.get $pixels) (local.get $turned))
    ${advance('$pixels', 12)}
    (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))`;

export const pixelCode = (await assemble('pixels.wat', text)) as PixelCode;

const PAGE_BYTES = 65_536;

/** The memory, at least so large. Views on it are good until the next call. */
export function pixelMemory(bytes: number): ArrayBuffer {
  const { memory } = pixelCode;
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return memory.buffer;
}
