/**
 * Reads a stream on while its reader is busy with something else, up to `count` elements; no further, so that what makes
 * them waits. An error comes at its place.
 * @param elements an async generator's, which takes requests while it serves another
 */
export async function* readAhead<T>(elements: AsyncIterable<T>, count: number): AsyncIterable<T> {
  const iterator = elements[Symbol.asyncIterator]();
  const asked: Promise<IteratorResult<T, unknown>>[] = [];
  const ask = (): void => {
    const next = iterator.next();
    // A failure is reported when its turn comes; until then it is nobody's unhandled rejection.
    void next.catch(() => undefined);
    asked.push(next);
  };
  try {
    while (asked.length < count) ask();
    for (let first = asked.shift(); first; first = asked.shift()) {
      const result = await first;
      if (result.done === true) return;
      ask();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
