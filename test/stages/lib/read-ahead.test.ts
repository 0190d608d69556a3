import { expect, it } from 'vitest';
import { readAhead } from '../../../stages/lib/read-ahead.js';

const aMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Numbers from 0 on, and how many were asked for. */
function counted(failAt = Infinity) {
  const state = { made: 0, isClosed: false };
  async function* numbers(): AsyncIterable<number> {
    try {
      for (;;) {
        if (state.made === failAt) throw new Error(`no ${failAt}`);
        state.made += 1;
        yield state.made - 1;
      }
    } finally {
      state.isClosed = true;
    }
  }
  return { state, numbers: numbers() };
}

it('reads on while its reader is busy, and no further than it may', async () => {
  const { state, numbers } = counted();
  const seen: number[] = [];
  for await (const number of readAhead(numbers, 3)) {
    seen.push(number);
    for (let n = 0; n < 20; n++) await aMoment();
    expect(state.made).toBe(number + 4); // the one in hand, and three
    if (seen.length === 5) break;
  }
  expect(seen).toEqual([0, 1, 2, 3, 4]);
  expect(state.isClosed).toBe(true);
});

it('tells of a failure at its place, after what came before', async () => {
  const { numbers } = counted(4);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const number of readAhead(numbers, 10)) {
      await aMoment();
      seen.push(number);
    }
  })();
  await expect(reading).rejects.toThrow('no 4');
  expect(seen).toEqual([0, 1, 2, 3]);
});

it('ends with what it reads', async () => {
  async function* two(): AsyncIterable<string> {
    yield 'a';
    yield 'b';
  }
  const seen: string[] = [];
  for await (const letter of readAhead(two(), 5)) seen.push(letter);
  expect(seen).toEqual(['a', 'b']);
});
