import { fillWith, type Colour, type RgbPixels } from './resample.js';

/** x′ = a·x + b·y + c, y′ = d·x + e·y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** First `one`, then `two`. */
export function andThen(one: Affine, two: Affine): Affine {
  const [a, b, c, d, e, f] = one;
  const [A, B, C, D, E, F] = two;
  return [A * a + B * d, A * b + B * e, A * c + B * f + C, D * a + E * d, D * b + E * e, D * c + E * f + F];
}

/** @throws RangeError when it flattens everything onto a line */
function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  if (determinant === 0) throw new RangeError('an affine map without an inverse');
  const [A, B, D, E] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [A, B, -(A * c + B * f), D, E, -(D * c + E * f)];
}

/**
 * Draws an image through an affine map into a float target, bilinearly between the centres of pixels.
 * @param map    from pixels of the image to pixels of the target
 * @param target [targetHeight, targetWidth, 3], 0–1; wholly overwritten
 */
export function affineInto(
  target: Float32Array,
  targetWidth: number,
  targetHeight: number,
  image: RgbPixels,
  map: Affine,
  fill: Colour,
): void {
  fillWith(target, targetWidth * targetHeight, fill);
  const [a, b, c, d, e, f] = inverse(map);
  const { width, height, data } = image;
  for (let row = 0; row < targetHeight; row++)
    for (let column = 0; column < targetWidth; column++) {
      const x = a * (column + 0.5) + b * (row + 0.5) + c;
      const y = d * (column + 0.5) + e * (row + 0.5) + f;
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const inX = Math.min(width - 1, Math.max(0, x - 0.5));
      const inY = Math.min(height - 1, Math.max(0, y - 0.5));
      const x0 = Math.floor(inX);
      const y0 = Math.floor(inY);
      const right = x0 + 1 < width ? 3 : 0;
      const below = y0 + 1 < height ? 3 * width : 0;
      const across = inX - x0;
      const down = inY - y0;
      const from = (y0 * width + x0) * 3;
      const to = (row * targetWidth + column) * 3;
      for (let k = 0; k < 3; k++) {
        const upper = data[from + k] as number;
        const lower = data[from + below + k] as number;
        const top = upper + ((data[from + right + k] as number) - upper) * across;
        const bottom = lower + ((data[from + below + right + k] as number) - lower) * across;
        target[to + k] = (top + (bottom - top) * down) / 255;
      }
    }
}

/** The upright box around a mapped box. */
export function mapBox(
  [a, b, c, d, e, f]: Affine,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): [number, number, number, number] {
  const corners = [[x0, y0], [x1, y0], [x0, y1], [x1, y1]] as const; // prettier-ignore
  const xs = corners.map(([x, y]) => a * x + b * y + c);
  const ys = corners.map(([x, y]) => d * x + e * y + f);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
