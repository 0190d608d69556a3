import { join } from 'node:path';
import { z } from 'zod';
import { concurrently } from '../../pipeline/core/concurrently.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { decodeFully, inspectImage } from '../lib/imaging/inspect-image.js';
import type { ChosenImage } from './choose-images.js';
import { download, DownloadFailure, type DownloadLimits } from './download.js';
import type { OpenImagesParams } from './params.js';

/** What is kept of an image: its size, or why there is none. */
export const fetchedSchema = z.union([
  z.strictObject({ width: z.number().int(), height: z.number().int() }),
  z.strictObject({ missing: z.string() }),
]);
type Fetched = z.infer<typeof fetchedSchema>;

const firstWaitMs = 250;

/** The address of an image. */
export function urlOf({ id, subset }: Pick<ChosenImage, 'id' | 'subset'>, baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${subset}/${encodeURIComponent(id)}.jpg`;
}

/** Downloads images and commits each as soon as it is there and decodes. */
export async function fetchBatch(
  images: readonly ChosenImage[],
  context: BatchContext<OpenImagesParams, ChosenImage>,
): Promise<void> {
  const { params, signal } = context;
  const limits = {
    retries: params.retries,
    stallMs: params.stallSeconds * 1000,
    maxBytes: params.maxMegabytes * 1e6,
    checksums: params.checksums,
    firstWaitMs,
  };
  await concurrently([...images.entries()], params.concurrency, async ([index, image]) => {
    signal.throwIfAborted();
    const path = join(context.batchDirectory, `${index}.jpg`);
    const url = urlOf(image, params.baseUrl);
    try {
      const fetched = await fetchImage(url, path, image.id, limits, signal);
      await context.commit(image, {
        files: 'missing' in fetched ? {} : { [`images/${image.id}.jpg`]: path },
        value: fetched,
      });
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      if (params.unavailable === 'fail') context.reject(image, `${url}: ${error.message}`);
      else await context.commit(image, { files: {}, value: { missing: error.message } });
    }
  });
}

async function fetchImage(
  url: string,
  path: string,
  name: string,
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<Fetched> {
  const result = await download(url, path, limits, signal);
  if (result.state === 'missing') return { missing: result.reason };
  try {
    await decodeFully(path, name);
    return (await inspectImage(path, name)).size;
  } catch {
    return { missing: 'does not decode' };
  }
}
