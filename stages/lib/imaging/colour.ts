import type { FastRandom } from '../tensors/fast-random.js';

// All of these change pixels [height, width, 3], 0–1, in place.

/**
 * Turns hue by a share of the circle and multiplies saturation and value, those of HSV (c′ = v·(V − (V − c)·s)); hue turns
 * about the grey axis of RGB, which needs no branches and is nearly the same for small angles.
 */
export function jitterColour(pixels: Float32Array, hue: number, saturation: number, value: number): void {
  const cosine = Math.cos(2 * Math.PI * hue);
  const sine = Math.sin(2 * Math.PI * hue) / Math.sqrt(3);
  const shared = (1 - cosine) / 3;
  const own = cosine + shared;
  for (let i = 0; i < pixels.length; i += 3) {
    const r = pixels[i] as number;
    const g = pixels[i + 1] as number;
    const b = pixels[i + 2] as number;
    const turnedR = own * r + (shared - sine) * g + (shared + sine) * b;
    const turnedG = (shared + sine) * r + own * g + (shared - sine) * b;
    const turnedB = (shared - sine) * r + (shared + sine) * g + own * b;
    const top = turnedR > turnedG ? (turnedR > turnedB ? turnedR : turnedB) : turnedG > turnedB ? turnedG : turnedB; // prettier-ignore
    pixels[i] = clamp(value * (top - (top - turnedR) * saturation));
    pixels[i + 1] = clamp(value * (top - (top - turnedG) * saturation));
    pixels[i + 2] = clamp(value * (top - (top - turnedB) * saturation));
  }
}

/** Adds to all brightness, and spreads it about the middle grey. */
export function brightnessContrast(pixels: Float32Array, brightness: number, contrast: number): void {
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = clamp(((pixels[i] as number) - 0.5) * contrast + 0.5 + brightness);
}

/** Adds to each channel for itself. */
export function shiftRgb(pixels: Float32Array, red: number, green: number, blue: number): void {
  for (let i = 0; i < pixels.length; i += 3) {
    pixels[i] = clamp((pixels[i] as number) + red);
    pixels[i + 1] = clamp((pixels[i + 1] as number) + green);
    pixels[i + 2] = clamp((pixels[i + 2] as number) + blue);
  }
}

/** Takes the colour out, by luma (Rec. 601). */
export function toGrey(pixels: Float32Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const luma = lumaOf(pixels, i);
    pixels[i] = luma;
    pixels[i + 1] = luma;
    pixels[i + 2] = luma;
  }
}

/** Leaves so many bits a channel. */
export function posterize(pixels: Float32Array, bits: number): void {
  const step = 2 ** (8 - bits);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = (Math.floor(Math.round(255 * (pixels[i] as number)) / step) * step) / 255;
}

/** Adds normal noise to each channel of each pixel. @param deviation of 0–1 */
export function addNoise(pixels: Float32Array, deviation: number, random: FastRandom): void {
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = clamp((pixels[i] as number) + deviation * random.normal());
}

/** Brightness of a pixel as the eye weighs it (Rec. 601). */
export function lumaOf(pixels: Float32Array, at: number): number {
  return (
    0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number)
  );
}

export function clamp(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
