import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { UserError } from '../../pipeline/core/user-error.js';
import type { AugmentParams } from './augment-params.js';
import type { LossParts } from './loss.js';
import { changeInto, type TrainingSample } from './prepare-sample.js';

interface Diverged {
  /** From 0. */
  readonly step: number;
  readonly loss: LossParts;
  readonly size: { readonly width: number; readonly height: number };
  readonly seed: number;
  readonly augment: AugmentParams;
  /** Where the batch is saved. */
  readonly folder: string;
}

/**
 * Saves the batch at which a loss stopped being a number, as the network saw it: `diverged/` with a PNG an image and
 * `batch.json` with ids and boxes.
 * @returns the error to throw, which says where and what to do
 */
export async function divergence(
  samples: readonly TrainingSample[],
  { step, loss, size, seed, augment, folder }: Diverged,
): Promise<UserError> {
  const target = join(folder, 'diverged');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const { width, height } = size;
  const images = [];
  for (const [n, sample] of samples.entries()) {
    const pixels = new Float32Array(width * height * 3);
    const { boxes, classes } = changeInto(pixels, width, height, sample, seed, augment);
    const bytes = Uint8Array.from(pixels, (value) => Math.round(value * 255));
    const name = `${String(n).padStart(3, '0')}.png`;
    await sharp(bytes, { raw: { width, height, channels: 3 } }).toFile(join(target, name));
    images.push({
      image: name,
      id: sample.id,
      epoch: sample.epoch,
      boxes: [...boxes],
      classes: [...classes],
    });
  }
  await writeFile(
    join(target, 'batch.json'),
    `${JSON.stringify({ step: step + 1, loss, images }, null, 2)}\n`,
  );
  const parts = Object.entries(loss).map(([name, value]) => `${name} ${value}`);
  return new UserError(`The training diverged: at step ${step + 1} the loss is no number.`, {
    details: [
      parts.join(', '),
      `images: ${samples.map(({ id }) => id).join(', ')}`,
      `the batch as the network saw it: ${target}`,
    ],
    hint: 'Lower optimizer.rate, lengthen schedule.warmup.share, or set `clip: 10`; look at the saved images and boxes.',
  });
}
