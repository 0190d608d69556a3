import { rename } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import type { JsonObject, JsonValue } from '../../../pipeline/core/json.js';
import { digestOfJson } from '../../../pipeline/core/digest.js';
import { derivedSeed } from '../../../pipeline/core/seed.js';
import type { FrameRecord } from '../../lib/dataset/frame-record.js';
import { decodeMask } from '../../lib/imaging/masks.js';
import type { FrameDescription } from '../frame.js';
import { Lens } from './lens.js';
import { applyTone, type Tone } from './tone.js';

/** A finished frame's files, and what is said of it. */
export interface FrameFiles {
  readonly image: string;
  readonly mask: string;
  readonly record: FrameRecord;
}

/**
 * Puts a rendered picture through lens, blur, tone and JPEG, in the order of a camera; the mask goes through the lens
 * as well, and the counts of visible pixels follow. Boxes have been measured through the lens in Blender.
 * @returns the record of the frame as it is now; the very one that was given when there is nothing to do
 */
export async function applyEffects(files: FrameFiles, description: FrameDescription): Promise<FrameRecord> {
  const effects: JsonObject = description.effects;
  if (Object.keys(effects).length === 0) return files.record;
  const { default: sharp } = await import('sharp');
  const { width, height } = description;
  const distortion = numberOf(effects['distortion']) ?? 0;
  const lens = distortion === 0 ? undefined : new Lens(distortion, width, height);
  const raw = { width, height, channels: 3 } as const;
  const seed = derivedSeed(digestOfJson([description.seed, description.cameras]), 'grain');

  let pixels = Float32Array.from(
    await sharp(files.image, { failOn: 'error' }).removeAlpha().toColourspace('srgb').raw().toBuffer(),
  );
  if (lens) pixels = Float32Array.from(lens.warpPicture(pixels));
  const blur = numberOf(effects['blur']) ?? 0;
  // Below this, libvips sees nothing to do and says so by an error.
  if (blur >= 0.3)
    pixels = Float32Array.from(await sharp(bytesOf(pixels), { raw }).blur(blur).raw().toBuffer());
  const tone = toneOf(effects);
  if (Object.keys(tone).length > 0) applyTone(pixels, width, height, tone, seed);
  let picture: Sharp = sharp(bytesOf(pixels), { raw });
  const quality = numberOf(effects['jpeg']);
  if (quality !== undefined) picture = sharp(await picture.jpeg({ quality }).toBuffer());
  await replace(files.image, picture);
  return lens ? await throughLens(files, lens, distortion) : files.record;
}

async function throughLens(
  { mask, record }: FrameFiles,
  lens: Lens,
  distortion: number,
): Promise<FrameRecord> {
  const { default: sharp } = await import('sharp');
  const { instances, width, height } = await decodeMask(mask);
  const warped = lens.warpMask(instances);
  await replace(
    mask,
    sharp(warped, { raw: { width, height, channels: 1, depth: 'ushort' } as never }).toColourspace('grey16'),
  );
  const visible = new Map<number, number>();
  for (const instance of warped) visible.set(instance, (visible.get(instance) ?? 0) + 1);
  return {
    ...record,
    objects: record.objects.map((object) => {
      const pixelsVisible = visible.get(object.instance) ?? 0;
      return { ...object, pixelsVisible, pixelsAlone: Math.max(object.pixelsAlone, pixelsVisible) };
    }),
    camera: { ...record.camera, distortion },
  };
}

/** Written aside and renamed: a file of this name is whole. */
async function replace(path: string, picture: Sharp): Promise<void> {
  const aside = `${path}.part`;
  await picture.png({ compressionLevel: 6 }).toFile(aside);
  await rename(aside, path);
}

/** Rounded and cut off at black and white. */
function bytesOf(pixels: Float32Array): Uint8ClampedArray {
  return Uint8ClampedArray.from(pixels);
}

function toneOf(effects: JsonObject): Tone {
  const { exposure, temperature, tint, contrast, saturation, vignette, grain, infrared } = effects;
  const given = { exposure, temperature, tint, contrast, saturation, vignette, grain };
  const numbers = Object.entries(given).filter((entry) => typeof entry[1] === 'number');
  return { ...Object.fromEntries(numbers), ...(infrared === true ? { infrared } : {}) };
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
