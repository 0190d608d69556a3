import type { FastRandom } from '../tensors/fast-random.js';

const FOG = 0.9;
/** Patches of the coarsest octave along a side; each further octave has twice as many and counts half. */
const PATCHES = 3;
const OCTAVES = 4;

/**
 * Lays patchy fog over an image, in place: value noise in octaves says how dense it is where.
 * @param pixels  [height, width, 3], 0–1
 * @param density of the fog on average, 0–1
 */
export function addFog(
  pixels: Float32Array,
  width: number,
  height: number,
  density: number,
  random: FastRandom,
): void {
  const octaves = Array.from({ length: OCTAVES }, (_, octave) => {
    const side = PATCHES * 2 ** octave + 1;
    const values = Float32Array.from({ length: side * side }, () => random.next());
    return { side, values, weight: 0.5 ** octave };
  });
  const whole = octaves.reduce((sum, { weight }) => sum + weight, 0);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let noise = 0;
      for (const { side, values, weight } of octaves)
        noise += weight * valueAt(values, side, (x / width) * (side - 1), (y / height) * (side - 1));
      const share = Math.min(1, (2 * density * noise) / whole);
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const value = pixels[at + c] as number;
        pixels[at + c] = value + (FOG - value) * share;
      }
    }
}

function valueAt(values: Float32Array, side: number, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const across = smooth(x - column);
  const down = smooth(y - row);
  const at = row * side + column;
  const top = (values[at] as number) + ((values[at + 1] as number) - (values[at] as number)) * across;
  const below = at + side;
  const bottom =
    (values[below] as number) + ((values[below + 1] as number) - (values[below] as number)) * across;
  return top + (bottom - top) * down;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
