import { whiteBalanceGains } from './colour-temperature.js';
import { infraredGrey, infraredNoise } from './infrared.js';
import { gaussianNoise } from './noise.js';

/** What happens to the colours of a picture; what is not given changes nothing. */
export interface Tone {
  readonly exposure?: number;
  readonly temperature?: number;
  readonly tint?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  readonly vignette?: number;
  readonly grain?: number;
  readonly infrared?: boolean;
}

const luma = [0.2126, 0.7152, 0.0722] as const;

/**
 * Exposure, white balance, vignette and the infrared look in linear light, contrast, saturation and grain as a camera
 * applies them, after the transfer curve.
 * @param pixels [height, width, 3] sRGB, 0–255; overwritten
 */
export function applyTone(
  pixels: Float32Array,
  width: number,
  height: number,
  tone: Tone,
  seed: number,
): void {
  const { contrast = 1, infrared = false } = tone;
  const saturation = infrared ? 0 : (tone.saturation ?? 1);
  const gains = whiteBalanceGains(tone.temperature ?? 6500, tone.tint ?? 0).map(
    (gain) => gain * 2 ** (tone.exposure ?? 0),
  );
  const { vignette = 0, grain = 0 } = tone;
  const noise = gaussianNoise(seed);
  const cornerSquared = (width * width + height * height) / 4;
  const rgb = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    const rowOffset = infrared ? noise() : 0;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const distanceSquared = ((x + 0.5 - width / 2) ** 2 + (y + 0.5 - height / 2) ** 2) / cornerSquared;
      const light = 1 - vignette * distanceSquared;
      for (let channel = 0; channel < 3; channel++)
        rgb[channel] = linear(pixels[at + channel] ?? 0) * (gains[channel] ?? 1) * light;
      if (infrared) rgb.fill(infraredGrey(rgb, distanceSquared));
      for (let channel = 0; channel < 3; channel++)
        rgb[channel] = 255 * ((encoded(rgb[channel] ?? 0) - 0.5) * contrast + 0.5);
      const brightness = dot(rgb, luma);
      const sensor = infrared ? infraredNoise(brightness, rowOffset, noise) : 0;
      const speck = sensor + (grain > 0 ? grain * noise() : 0);
      for (let channel = 0; channel < 3; channel++) {
        // Two thirds of a sensor's noise are alike in all channels once colours are made of it.
        const own = grain > 0 && !infrared ? 0.5 * grain * noise() : 0;
        pixels[at + channel] = brightness + ((rgb[channel] ?? 0) - brightness) * saturation + speck + own;
      }
    }
  }
}

function dot(values: readonly number[], weights: readonly [number, number, number]): number {
  return (values[0] ?? 0) * weights[0] + (values[1] ?? 0) * weights[1] + (values[2] ?? 0) * weights[2];
}

/** IEC 61966-2-1. @param value 0–255 */
function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function encoded(value: number): number {
  return value <= 0.0031308 ? 12.92 * Math.max(0, value) : 1.055 * value ** (1 / 2.4) - 0.055;
}
