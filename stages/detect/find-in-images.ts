import { failure, success, type Result } from '../../pipeline/core/result.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { FindOptions, FoundObject } from '../lib/darknet/find-objects.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { orderedMap } from '../lib/ordered-map.js';

/** Images beyond the batch in hand that are being decoded meanwhile. */
const decodedAhead = 3;

/** One image that was looked at, or what is wrong with it. */
export interface LookedAt<T> {
  readonly element: T;
  readonly result: Result<{ readonly image: RgbImage; readonly objects: readonly FoundObject[] }, string>;
}

export interface Looking<T> extends FindOptions {
  /** Images that the network sees at once. */
  readonly batch: number;
  readonly decode: (element: T) => Promise<RgbImage>;
}

/**
 * Looks at images batch by batch, in their order; the next ones are decoded meanwhile. One that cannot be decoded takes
 * no place in a batch, and its result says why.
 */
export async function* findInImages<T>(
  elements: Iterable<T>,
  finder: Pick<Finder, 'find'>,
  { batch, decode, ...options }: Looking<T>,
): AsyncIterable<LookedAt<T>> {
  let waiting: { element: T; decoded: Result<RgbImage, string> }[] = [];
  const look = async (): Promise<readonly LookedAt<T>[]> => {
    const images = waiting.flatMap(({ decoded }) => (decoded.ok ? [decoded.value] : []));
    const found = images.length > 0 ? await finder.find(images, options) : [];
    let next = 0;
    const looked = waiting.map(({ element, decoded }): LookedAt<T> => {
      if (!decoded.ok) return { element, result: decoded };
      return { element, result: success({ image: decoded.value, objects: found[next++] ?? [] }) };
    });
    waiting = [];
    return looked;
  };
  const decoding = orderedMap(elements, batch + decodedAhead, async (element) => ({
    element,
    decoded: await decode(element).then(success, (error: unknown) =>
      failure(error instanceof Error ? error.message : String(error)),
    ),
  }));
  for await (const one of decoding) {
    waiting.push(one);
    if (waiting.filter(({ decoded }) => decoded.ok).length === batch) yield* await look();
  }
  yield* await look();
}
