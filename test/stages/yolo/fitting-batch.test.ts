import { expect, test } from 'vitest';
import { OutOfMemoryError } from '../../../stages/lib/tensors/out-of-memory.js';
import { tooLargeBatch } from '../../../stages/yolo/fitting-batch.js';

const batch = { images: 16, shards: 2, width: 416, height: 416 };

/** Succeeds with so many images at most. */
const room = (most: number) => async (images: number) => {
  if (images > most) throw new OutOfMemoryError('no room');
};

test('a batch that does not fit is answered by one that was tried', async () => {
  const error = await tooLargeBatch(batch, room(5));
  expect(error.message).toContain('16 images of 416 × 416 at once');
  expect(error.hint).toBe('`batch: 8` fits (it was tried: 2 shards of 4); `accumulate: 4` with it keeps the images of a step.'); // prettier-ignore
});

test('where not even one image fits, it says what else to do', async () => {
  expect((await tooLargeBatch(batch, room(0))).hint).toContain('Not even one image fits');
});

test('another error while it tries is that error', async () => {
  const broken = () => Promise.reject(new TypeError('something else'));
  await expect(tooLargeBatch(batch, broken)).rejects.toThrow('something else');
});
