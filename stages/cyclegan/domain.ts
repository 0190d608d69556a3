import { UserError } from '../../pipeline/core/user-error.js';
import { concurrently } from '../../pipeline/core/concurrently.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { readDataset } from '../lib/dataset/dataset.js';
import type { BoxXyxyPx } from '../lib/dataset/record.js';
import type { StoredImage } from '../lib/imaging/image-cache.js';
import { uncachedSharp as sharp } from '../lib/imaging/uncached-sharp.js';

/** An image of a domain, without its pixels. */
export interface DomainImage extends StoredImage {
  readonly width: number;
  readonly height: number;
  /** Of all objects, in pixels. */
  readonly boxes: readonly BoxXyxyPx[];
}

export interface Domain {
  readonly name: string;
  readonly images: readonly DomainImage[];
  /** Images of one channel, or with transparency, that are turned into RGB. */
  readonly convertedCount: number;
}

const named = 5;

/**
 * One of the two sets that a training goes through: every image of a dataset once, in the order of the dataset.
 * @param crop side in pixels of the squares that are to be cut out
 * @throws UserError when there is no image, or one is smaller than the crop
 */
export async function readDomain(artifact: ArtifactReader, name: string, crop: number): Promise<Domain> {
  const dataset = await readDataset(artifact, `the ${name} dataset`);
  const images: DomainImage[] = [];
  for await (const record of dataset.records()) {
    const path = artifact.locate(await artifact.file(record.image));
    const { id, width, height, objects } = record;
    images.push({ id, path, width, height, boxes: objects.map(({ box }) => box) });
  }
  if (images.length === 0)
    throw new UserError(`The ${name} dataset holds no images: there is no domain to learn from.`, {
      hint: 'Look at the stage that makes it.',
    });
  const small = images.filter(({ width, height }) => Math.min(width, height) < crop);
  if (small.length > 0) {
    const least = Math.min(...small.map(({ width, height }) => Math.min(width, height)));
    const fits = least - (least % 4);
    throw new UserError(
      `${small.length} of ${images.length} images of the ${name} dataset are smaller than the crop of ${crop} × ${crop} pixels.`,
      {
        details: small.slice(0, named).map(({ id, width, height }) => `${id}: ${width} × ${height}`),
        hint: `\`crop: ${fits}\` fits all of them; or leave the small ones out.`,
      },
    );
  }
  return { name, images, convertedCount: await countConverted(images) };
}

async function countConverted(images: readonly DomainImage[]): Promise<number> {
  let count = 0;
  await concurrently(images, 8, async ({ path }) => {
    // An unreadable image is complained of by name when its pixels are wanted.
    const head = await sharp(path)
      .metadata()
      .catch(() => undefined);
    if (head && (head.channels < 3 || head.hasAlpha)) count++;
  });
  return count;
}
