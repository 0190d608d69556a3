import { concurrently } from '../../../pipeline/core/concurrently.js';
import type { Digest } from '../../../pipeline/core/digest.js';
import type { Host } from '../../../pipeline/stage/context.js';
import {
  pictureHash,
  pictureHashRevision,
  pictureHashSchema,
  type PictureHash,
} from '../imaging/picture-hash.js';

const imagesAtOnce = 8;

export interface PictureHashes {
  readonly of: ReadonlyMap<Digest, PictureHash>;
  /** Contents that could not be decoded. */
  readonly unreadable: ReadonlySet<Digest>;
}

/**
 * Hashes image contents by what they look like. Every hash is remembered in the store under the content, so that
 * each image is decoded once, whatever is made of it later.
 * @param contents each content once
 * @param locate   the file of a content
 */
export async function hashPictures(
  contents: Iterable<Digest>,
  locate: (digest: Digest) => string,
  context: {
    readonly host: Pick<Host, 'remember'>;
    readonly signal: AbortSignal;
    onHashed?(count: number): void;
  },
): Promise<PictureHashes> {
  const wanted = [...contents];
  const hashes = new Map<Digest, PictureHash>();
  let count = 0;
  await concurrently(wanted, imagesAtOnce, async (image) => {
    context.signal.throwIfAborted();
    const key = { fact: 'picture-hash', revision: pictureHashRevision, image };
    try {
      hashes.set(
        image,
        pictureHashSchema.parse(await context.host.remember(key, () => pictureHash(locate(image)))),
      );
    } catch {
      // Told below, with all others.
    }
    context.onHashed?.(++count);
  });
  // In the order of the contents, not in that in which they happened to be done: pairs are told in it.
  const of = new Map<Digest, PictureHash>();
  const unreadable = new Set<Digest>();
  for (const image of wanted) {
    const hash = hashes.get(image);
    if (hash) of.set(image, hash);
    else unreadable.add(image);
  }
  return { of, unreadable };
}
