import { expect, it } from 'vitest';
import { termsAfter, type Terms } from '../../../../pipeline/executors/farm/after-loss.js';

const first: Terms = { losses: 0, preemptions: 0, memoryMb: 1000, minutes: 10, excludedNodes: [] };

it('what ran out of memory or time gets twice as much', () => {
  expect(termsAfter(first, 'out-of-memory', 'n1', 5)).toEqual({ ...first, losses: 1, memoryMb: 2000 });
  expect(termsAfter(first, 'timeout', 'n1', 10)).toEqual({ ...first, losses: 1, minutes: 20 });
});

it('without a time limit of its own, it gets twice the time that it ran', () => {
  const { minutes, ...open } = first;
  expect(minutes).toBe(10);
  expect(termsAfter(open, 'timeout', 'n1', 7.2)?.minutes).toBe(16);
});

it('a node that failed or refused is left out, once', () => {
  const second = termsAfter(first, 'node-failed', 'n1', 1);
  expect(second?.excludedNodes).toEqual(['n1']);
  expect(second && termsAfter(second, 'refused', 'n1', 1)?.excludedNodes).toEqual(['n1']);
});

it('the third loss is the last, and pre-emption is none', () => {
  const pushed = termsAfter({ ...first, losses: 2 }, 'preempted', 'n1', 1);
  expect(pushed).toMatchObject({ losses: 2, preemptions: 1 });
  expect(termsAfter({ ...first, losses: 2 }, 'failed', 'n1', 1)).toBeUndefined();
});
