import { expect, it } from 'vitest';
import { framesAtOnce, framesToSee } from '../../../stages/detect/film-frames.js';

async function* frames(count: number): AsyncIterable<Uint8Array> {
  for (let n = 0; n < count; n++) yield Uint8Array.of(n);
}

it('of a film that is not drawn only the frames that are looked at go on', async () => {
  const seen: object[] = [];
  const given: number[] = [];
  for await (const frame of framesToSee(frames(7), { give: (data) => given.push(data[0] ?? NaN) }, 3, false))
    seen.push(frame);
  expect(seen).toEqual([0, 3, 6].map((n) => ({ frame: n, data: Uint8Array.of(n), isLooked: true })));
  expect(given).toEqual([1, 2, 4, 5]);
});

it('of a film that is drawn all of them go on', async () => {
  const seen: boolean[] = [];
  for await (const { isLooked } of framesToSee(
    frames(5),
    { give: () => expect.fail('it is drawn') },
    2,
    true,
  ))
    seen.push(isLooked);
  expect(seen).toEqual([true, false, true, false, true]);
});

it.each([
  ['a small film', { width: 640, height: 480 }, { batch: 16, every: 1 }, true, 16],
  ['4K', { width: 3840, height: 2160 }, { batch: 16, every: 1 }, true, 4],
  ['4K with those between drawn', { width: 3840, height: 2160 }, { batch: 16, every: 5 }, true, 2],
  ['4K with those between left out', { width: 3840, height: 2160 }, { batch: 16, every: 5 }, false, 4],
  ['what never fits', { width: 16_000, height: 16_000 }, { batch: 8, every: 30 }, true, 1],
])('holds half a gigabyte at most: %s', (_name, size, asked, isDrawn, wanted) => {
  expect(framesAtOnce(size, asked, isDrawn)).toBe(wanted);
});
