import { pixelCode, pixelMemory } from './pixel-code.js';
import type { FastRandom } from '../tensors/fast-random.js';

// All of these change pixels [height, width, 3], 0–1, in place.

/**
 * Turns hue by a share of the circle and multiplies saturation and value, those of HSV (c′ = v·(V − (V − c)·s)); hue turns
 * about the grey axis of RGB, which needs no branches and is nearly the same for small angles.
 */
export function jitterColour(pixels: Float32Array, hue: number, saturation: number, value: number): void {
  const cosine = Math.cos(2 * Math.PI * hue);
  const sine = Math.sin(2 * Math.PI * hue) / Math.sqrt(3);
  const factor = value * saturation;
  const shared = (factor * (1 - cosine)) / 3;
  const own = factor * cosine + shared;
  const [less, more] = [shared - factor * sine, shared + factor * sine];
  // v·(V − (V − c)·s) = v·s·c + V·v·s·(1 − s)/s, and V·v·s is the largest of v·s·c.
  const matrix = [own, more, less, 0, less, own, more, 0, more, less, own, 0];
  const start = 4 * matrix.length;
  const memory = pixelMemory(start + 12 * PIXELS_AT_ONCE + 4);
  new Float32Array(memory, 0, matrix.length).set(matrix);
  for (let i = 0; i < pixels.length; i += 3 * PIXELS_AT_ONCE) {
    const part = pixels.subarray(i, i + 3 * PIXELS_AT_ONCE);
    const changed = new Float32Array(memory, start, part.length);
    changed.set(part);
    pixelCode.turnColours(start, part.length / 3, 0, (1 - saturation) / saturation);
    part.set(changed);
  }
}

/** 48 KB: they stay in the cache. */
const PIXELS_AT_ONCE = 4096;

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
