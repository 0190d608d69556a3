import { RandomStream } from '../../../pipeline/core/seed.js';
import type { DatasetRecord } from './record.js';

/** A number in [0, 1) for a choice about an image: a function of the seed, of what is decided, and of the content. */
export function drawOf(decision: string, imageDigest: string, seed: number): number {
  return new RandomStream(seed, decision, imageDigest).next();
}

/**
 * Picks `limit` records that depend on the seed and on the images' contents alone: those whose hash comes first.
 * A smaller limit picks a part of what a larger one picks; a new image pushes out at most one other.
 * @returns the chosen contents
 */
export async function sampleContents(
  records: AsyncIterable<Pick<DatasetRecord, 'imageDigest'>> | Iterable<Pick<DatasetRecord, 'imageDigest'>>,
  limit: number,
  seed: number,
): Promise<ReadonlySet<string>> {
  const drawn = new Map<string, number>();
  for await (const { imageDigest } of records)
    if (!drawn.has(imageDigest)) drawn.set(imageDigest, drawOf('limit', imageDigest, seed));
  const ordered = [...drawn].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  return new Set(ordered.slice(0, limit).map(([digest]) => digest));
}
