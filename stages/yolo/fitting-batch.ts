import { UserError } from '../../pipeline/core/user-error.js';
import { isOutOfMemory } from '../lib/tensors/out-of-memory.js';

interface TooLargeBatch {
  /** Images that one worker took at once. */
  readonly images: number;
  readonly shards: number;
  /** Of the network's input in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * What to say when a shard does not fit into memory: fewer images are tried until they fit.
 * @param attempt does the same with so many images
 */
export async function tooLargeBatch(
  { images, shards, width, height }: TooLargeBatch,
  attempt: (images: number) => Promise<unknown>,
): Promise<UserError> {
  const taken = `${images} image${images === 1 ? '' : 's'} of ${width} × ${height} at once`;
  const message = `Out of memory: a worker cannot learn from ${taken} with this network.`;
  for (let fewer = Math.floor(images / 2); fewer >= 1; fewer = Math.floor(fewer / 2))
    try {
      await attempt(fewer);
      const batch = fewer * shards;
      return new UserError(message, {
        hint: `\`batch: ${batch}\` fits (it was tried: ${shards} shard${shards === 1 ? '' : 's'} of ${fewer}); \`accumulate: ${Math.ceil(images / fewer)}\` with it keeps the images of a step.`,
      });
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
    }
  return new UserError(message, {
    hint: 'Not even one image fits: take a smaller `inputSize` (or multiScale.most), `freeze: backbone`, or a smaller network.',
  });
}
