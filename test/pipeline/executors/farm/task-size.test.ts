import { expect, it } from 'vitest';
import { TaskSize } from '../../../../pipeline/executors/farm/task-size.js';

function measuredAt(secondsPerItem: number): TaskSize {
  const size = new TaskSize();
  for (let task = 0; task < 3; task++) size.measured(4, 4 * secondsPerItem);
  return size;
}

it('begins with a few small tasks, and waits for them', () => {
  expect(new TaskSize().next(100_000, 1, 0, 1000)).toEqual(Array(16).fill(4));
  expect(new TaskSize().next(100_000, 1, 16, 1000)).toEqual([]);
});

it('then cuts tasks of ten minutes', () => {
  expect(measuredAt(5).next(100_000, 10, 0, 3)).toEqual([120, 120, 120]);
});

it('cuts shorter ones at the end, of five minutes at least, and leaves nothing over', () => {
  expect(measuredAt(5).next(300, 10, 0, 1000)).toEqual([60, 60, 60, 60, 60]);
});

it('an item that takes longer than a task should is a task', () => {
  expect(measuredAt(3600).next(2, 10, 0, 1000)).toEqual([1, 1]);
});
