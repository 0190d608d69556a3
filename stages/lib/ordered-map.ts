/**
 * Maps a stream with some elements under way at once; results come in the order of the stream, and no more than
 * `limit` are read ahead. The first error is thrown at its place.
 */
export async function* orderedMap<T, R>(
  elements: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (element: T) => Promise<R>,
): AsyncIterable<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const element of elements) {
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
  } finally {
    await Promise.allSettled(underWay);
  }
}
