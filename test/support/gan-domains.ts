import sharp from 'sharp';
import { derivedSeed } from '../../pipeline/core/seed.js';
import { FastRandom } from '../../stages/lib/tensors/fast-random.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { aDataset, anObject, aRecord } from './dataset-builder.js';

/** How the pictures of a domain look. */
export type Look = 'source' | 'target';

/**
 * A dataset of tiny pictures, each with one bright square on a slope of colour. Those of the target domain show the
 * same kind of scenes with red and blue exchanged and with noise: the map between the domains is known.
 */
export async function aDomain(look: Look, count: number, seed: number, side = 32): Promise<ArtifactReader> {
  const images = new Map<string, Uint8Array>();
  const records = [];
  for (let n = 0; n < count; n++) {
    const id = `${look}-${n}`;
    const { pixels, box } = scene(look, derivedSeed(seed, 'scene', n), side);
    images.set(
      id,
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer(),
    );
    records.push(aRecord(id, { width: side, height: side, objects: [anObject('square', box)] }));
  }
  return aDataset(records, { images, classes: ['square'] });
}

function scene(look: Look, seed: number, side: number) {
  const random = new FastRandom(seed);
  const size = Math.round(side * (0.25 + 0.25 * random.next()));
  const left = Math.floor(random.next() * (side - size));
  const top = Math.floor(random.next() * (side - size));
  const slope = random.next();
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const inside = x >= left && x < left + size && y >= top && y < top + size;
      const shade = (slope * x + (1 - slope) * y) / side;
      const colour = inside ? [230, 200, 60] : [200 - 120 * shade, 90 + 40 * shade, 40 + 20 * shade];
      const [r = 0, g = 0, b = 0] = colour;
      const mapped = look === 'source' ? [r, g, b] : [b, g, r];
      for (const [c, value] of mapped.entries())
        pixels[3 * (y * side + x) + c] = Math.max(
          0,
          Math.min(255, value + (look === 'target' ? 12 * random.normal() : 0)),
        );
    }
  return { pixels, box: [left, top, left + size, top + size] as [number, number, number, number] };
}
