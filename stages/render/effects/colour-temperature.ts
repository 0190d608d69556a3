/** Red, green, blue. */
export type Rgb = readonly [number, number, number];

/**
 * The colour of a body that glows at this temperature, linear sRGB, brightest channel 1. Chromaticity: Kim et al. 2002
 * (cubic splines of the Planckian locus), 1,667–25,000 K; as blender/darkroom/randomize/colour.py.
 */
export function blackbody(kelvin: number): Rgb {
  const t = Math.min(25000, Math.max(1667, kelvin));
  const x =
    t <= 4000
      ? -0.2661239e9 / t ** 3 - 0.2343589e6 / t ** 2 + 0.8776956e3 / t + 0.17991
      : -3.0258469e9 / t ** 3 + 2.1070379e6 / t ** 2 + 0.2226347e3 / t + 0.24039;
  const y = locusY(t, x);
  const bigX = x / y;
  const bigZ = (1 - x - y) / y;
  // IEC 61966-2-1: XYZ (D65) to linear sRGB.
  const red = Math.max(0, 3.2406 * bigX - 1.5372 - 0.4986 * bigZ);
  const green = Math.max(0, -0.9689 * bigX + 1.8758 + 0.0415 * bigZ);
  const blue = Math.max(0, 0.0557 * bigX - 0.204 + 1.057 * bigZ);
  const peak = Math.max(red, green, blue);
  return [red / peak, green / peak, blue / peak];
}

function locusY(t: number, x: number): number {
  if (t <= 2222) return -1.1063814 * x ** 3 - 1.3481102 * x ** 2 + 2.18555832 * x - 0.20219683;
  if (t <= 4000) return -0.9549476 * x ** 3 - 1.37418593 * x ** 2 + 2.09137015 * x - 0.16748867;
  return 3.081758 * x ** 3 - 5.8733867 * x ** 2 + 3.75112997 * x - 0.37001483;
}

const daylight = 6500;
/** A channel that a warm light hardly holds cannot be raised without end. */
const largestGain = 8;

/**
 * What a camera multiplies its channels by when it takes this light for white; a grey keeps its luminance.
 * @param tint from green (−1) to magenta (1)
 */
export function whiteBalanceGains(kelvin: number, tint: number): Rgb {
  const [r0, g0, b0] = blackbody(daylight);
  const [r, g, b] = blackbody(kelvin);
  const red = Math.min(largestGain, r0 / r) * (1 + 0.1 * tint);
  const green = Math.min(largestGain, g0 / g) * (1 - 0.2 * tint);
  const blue = Math.min(largestGain, b > 0 ? b0 / b : largestGain) * (1 + 0.1 * tint);
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return [red / luminance, green / luminance, blue / luminance];
}
