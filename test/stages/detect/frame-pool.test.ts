import { expect, it } from 'vitest';
import { FramePool } from '../../../stages/detect/frame-pool.js';

it('hands memory out again that was given back, and else makes some', () => {
  const pool = new FramePool(12);
  const [one, two] = [pool.take(), pool.take()];
  expect([one.length, two.length]).toEqual([12, 12]);
  expect(one.buffer).not.toBe(two.buffer);
  pool.give(one);
  expect(pool.take()).toBe(one);
  expect(pool.take()).not.toBe(one);
});
