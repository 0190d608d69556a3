import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { askDisk } from '../../../pipeline/core/ask-disk.js';

const elements = Array.from({ length: 1000 }, (_, index) => index);

it('asks a quick disk in a plain loop', async () => {
  let apart = 0;
  const answers = await askDisk(
    elements,
    (n) => 2 * n,
    async (n) => (apart++, 2 * n),
    1000,
  );
  expect(answers).toEqual(elements.map((n) => 2 * n));
  expect(apart).toBe(0);
});

it('asks a slow disk for the rest at once, and keeps the order', async () => {
  let inLine = 0;
  const slowly = (n: number): number => (inLine++, 2 * n);
  const answers = await askDisk(elements, slowly, async (n) => (await setTimeout(n % 3), 2 * n), -1);
  expect(answers).toEqual(elements.map((n) => 2 * n));
  expect(inLine).toBeLessThan(elements.length);
});

it('passes a failure on, of either way', async () => {
  const failing = (n: number): number => {
    if (n === 700) throw new Error('element 700');
    return n;
  };
  await expect(askDisk(elements, failing, async (n) => n, 1000)).rejects.toThrow('element 700');
  await expect(
    askDisk(
      elements,
      (n) => n,
      async (n) => failing(n),
      -1,
    ),
  ).rejects.toThrow('element 700');
});

it('lets others go on meanwhile', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const busy = (): void => {
    const endMs = performance.now() + 0.2;
    while (performance.now() < endMs);
  };
  await askDisk(elements, busy, async () => undefined, 1000);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
});
