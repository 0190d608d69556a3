import { failure, success, type Result } from '../../pipeline/core/result.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { FindOptions, FoundObject } from '../lib/darknet/find-objects.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { orderedMap } from '../lib/ordered-map.js';

/** Images beyond the batch in hand that are being decoded meanwhile. */
export const decodedAhead = 3;

/** An image, and what was found in it. */
export interface Seen {
  readonly image: RgbImage;
  readonly objects: readonly FoundObject[];
}

/** One image that was looked at, or what is wrong with it. */
export interface LookedAt<T, S = never> {
  readonly element: T;
  readonly result: Result<Seen | S, string>;
}

export interface Looking<T, S = never> extends FindOptions {
  /** Images that the network sees at once. */
  readonly batch: number;
  /** Undefined for an element that is not looked at, only passed on at its place. */
  readonly decode: (element: T) => Promise<RgbImage | S>;
}

/**
 * Looks at images batch by batch, in their order; the next ones are decoded meanwhile. One that cannot be decoded takes
 * no place in a batch, and its result says why. When the stream of images fails, those that came before are looked at
 * first.
 */
export async function* findInImages<T, S extends undefined = never>(
  elements: Iterable<T> | AsyncIterable<T>,
  finder: Pick<Finder, 'find'>,
  { batch, decode, ...options }: Looking<T, S>,
): AsyncIterable<LookedAt<T, S>> {
  let waiting: { readonly element: T; readonly decoded: Result<RgbImage | S, string> }[] = [];
  let images: RgbImage[] = [];
  const look = async (): Promise<readonly LookedAt<T, S>[]> => {
    const [hand, seen] = [waiting, images];
    [waiting, images] = [[], []];
    const found = seen.length > 0 ? await finder.find(seen, options) : [];
    let next = 0;
    return hand.map(({ element, decoded }): LookedAt<T, S> => {
      if (!decoded.ok) return { element, result: decoded };
      const image = decoded.value;
      if (image === undefined) return { element, result: success(image) };
      return { element, result: success({ image, objects: found[next++] ?? [] }) };
    });
  };
  const decoding = orderedMap(elements, batch + decodedAhead, async (element) => ({
    element,
    decoded: await decode(element).then(success, (error: unknown) =>
      failure(error instanceof Error ? error.message : String(error)),
    ),
  }));
  try {
    for await (const one of decoding) {
      waiting.push(one);
      if (one.decoded.ok && one.decoded.value !== undefined) images.push(one.decoded.value);
      // What waits for nothing goes on at once.
      if (images.length === batch || images.length === 0) yield* await look();
    }
  } catch (error) {
    yield* await look();
    throw error;
  }
  yield* await look();
}
