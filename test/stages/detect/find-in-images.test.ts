import { expect, it } from 'vitest';
import { findInImages } from '../../../stages/detect/find-in-images.js';
import type { FoundObject } from '../../../stages/lib/darknet/find-objects.js';
import type { RgbImage } from '../../../stages/lib/imaging/decode-image.js';

const image = (width: number): RgbImage => ({
  width,
  height: 1,
  originalWidth: width,
  originalHeight: 1,
  data: new Uint8Array(3 * width),
});

/** Finds one object as wide as its image. */
function recordingFinder() {
  const batches: number[][] = [];
  return {
    batches,
    find: (images: readonly RgbImage[]) => {
      batches.push(images.map(({ width }) => width));
      return Promise.resolve(
        images.map(({ width }): FoundObject[] => [{ box: [0, 0, width, 1], classIndex: 0, score: 1 }]),
      );
    },
  };
}

const looking = { threshold: 0.5, nmsIou: 0.5, maxDetections: 1 };

it('images go to the network in batches, and each gets what was found in it; a broken one takes no place', async () => {
  const finder = recordingFinder();
  const decode = (width: number): Promise<RgbImage> =>
    width === 3 ? Promise.reject(new Error('image 3 cannot be read')) : Promise.resolve(image(width));
  const seen: (number | string)[][] = [];
  for await (const { element, result } of findInImages<number>([1, 2, 3, 4, 5, 6], finder, {
    ...looking,
    batch: 2,
    decode,
  }))
    // prettier-ignore
    seen.push([element, result.ok ? (result.value.objects[0]?.box[2] ?? 0) : result.error]);
  expect(finder.batches).toEqual([[1, 2], [4, 5], [6]]);
  expect(seen).toEqual([
    [1, 1],
    [2, 2],
    [3, 'image 3 cannot be read'],
    [4, 4],
    [5, 5],
    [6, 6],
  ]);
});

it('the next images are decoded while the network looks, and not all of them', async () => {
  let begun = 0;
  const finder = {
    find: async (images: readonly RgbImage[]) => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(begun).toBeGreaterThan(1);
      return images.map(() => []);
    },
  };
  const decode = (width: number): Promise<RgbImage> => {
    begun += 1;
    return Promise.resolve(image(width));
  };
  for await (const { element } of findInImages<number>(
    Array.from({ length: 50 }, (_, n) => n + 1),
    finder,
    { ...looking, batch: 1, decode },
  ))
    // prettier-ignore
    if (element === 1) break;
  expect(begun).toBeLessThan(10);
});

it('what is not looked at keeps its place, takes none in a batch and waits for nothing', async () => {
  const finder = recordingFinder();
  const seen: (number | undefined)[][] = [];
  let asked = 0;
  async function* numbers(): AsyncIterable<number> {
    for (asked = 1; asked <= 7; asked++) yield asked;
  }
  const decode = async (width: number): Promise<RgbImage | undefined> =>
    width % 3 === 1 ? image(width) : undefined;
  for await (const { element, result } of findInImages(numbers(), finder, { ...looking, batch: 2, decode })) {
    seen.push([element, result.ok ? result.value?.objects[0]?.box[2] : NaN]);
    // 5 and 6 have no image before them to wait for.
    if (element === 6) expect(finder.batches).toEqual([[1, 4]]);
  }
  expect(finder.batches).toEqual([[1, 4], [7]]);
  expect(seen).toEqual([[1, 1], [2, undefined], [3, undefined], [4, 4], [5, undefined], [6, undefined], [7, 7]]); // prettier-ignore
});

it('when the stream breaks off, what came before is looked at first', async () => {
  const finder = recordingFinder();
  async function* broken(): AsyncIterable<number> {
    yield 1;
    yield 2;
    yield 3;
    throw new Error('the film is cut off');
  }
  const seen: number[] = [];
  const all = (async () => {
    const options = { ...looking, batch: 2, decode: async (width: number) => image(width) };
    for await (const { element } of findInImages<number>(broken(), finder, options)) seen.push(element);
  })();
  await expect(all).rejects.toThrow('the film is cut off');
  expect(seen).toEqual([1, 2, 3]);
});
