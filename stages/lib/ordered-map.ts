/**
 * Maps a stream with some elements under way at once; results come in the order of the stream, and no more than
 * `limit` are read ahead. The first error is thrown at its place: when the stream itself fails, after all results of what
 * came before.
 */
export async function* orderedMap<T, R>(
  elements: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (element: T) => Promise<R>,
): AsyncIterable<R> {
  const underWay: Promise<R>[] = [];
  const failures: unknown[] = [];
  async function* untilItFails(): AsyncIterable<T> {
    try {
      yield* elements;
    } catch (error) {
      failures.push(error);
    }
  }
  try {
    for await (const element of untilItFails()) {
      const result = work(element);
      // A failure is reported when its turn comes; until then it is nobody's unhandled rejection.
      void result.catch(() => undefined);
      underWay.push(result);
      const [first] = underWay;
      if (underWay.length >= limit && first) {
        yield await first;
        void underWay.shift();
      }
    }
    for (let first = underWay.shift(); first; first = underWay.shift()) yield await first;
    if (failures.length > 0) throw failures[0];
  } finally {
    await Promise.allSettled(underWay);
  }
}
