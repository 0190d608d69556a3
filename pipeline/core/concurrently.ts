import PQueue from 'p-queue';

/**
 * Calls `work` for every element, at most `limit` at a time, without reading far ahead of what is done.
 * The first error stops the reading and is thrown when those under way have ended.
 */
export async function concurrently<T>(
  elements: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (element: T) => Promise<unknown>,
): Promise<void> {
  const queue = new PQueue({ concurrency: limit });
  const failures: unknown[] = [];
  for await (const element of elements) {
    await queue.onSizeLessThan(limit * 4);
    if (failures.length > 0) break;
    queue.add(() => work(element)).catch((error: unknown) => failures.push(error));
  }
  await queue.onIdle();
  if (failures.length > 0) throw failures[0];
}
