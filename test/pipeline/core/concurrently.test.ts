import { describe, expect, it } from 'vitest';
import { concurrently } from '../../../pipeline/core/concurrently.js';

describe('concurrently', () => {
  it('handles every element, never more than the limit at a time', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    await concurrently(
      Array.from({ length: 50 }, (_, index) => index),
      4,
      async (element) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(element);
        running--;
      },
    );
    expect(seen).toHaveLength(50);
    expect(most).toBe(4);
  });

  it('throws the first error after those under way have ended, and stops reading', async () => {
    let read = 0;
    function* endless(): Iterable<number> {
      for (;;) yield read++;
    }
    await expect(
      concurrently(endless(), 2, async (element) => {
        if (element === 3) throw new Error('no 3');
      }),
    ).rejects.toThrow('no 3');
    expect(read).toBeLessThan(40);
  });
});
