import { setImmediate as nextTurn } from 'node:timers/promises';
import { concurrently } from './concurrently.js';

const chunkSize = 256;
const breathEveryMs = 50;

/**
 * Asks the disk the same of many elements. A local disk answers in microseconds: a plain loop is several times faster
 * than the way through the thread pool. Where the first answers are slow, as on a network, the rest is asked at once.
 * @param inLine answers before it returns
 * @param apart the same, through the thread pool
 * @param slowMs the disk is slow when more than half of the answers take longer than this; where the processor is busy
 *   with something else, a few take long
 * @returns the answers in the order of the elements
 */
export async function askDisk<T, A>(
  elements: readonly T[],
  inLine: (element: T) => A,
  apart: (element: T) => Promise<A>,
  slowMs: number,
): Promise<A[]> {
  const answers = new Array<A>(elements.length);
  let start = 0;
  let breathedMs = performance.now();
  for (let slow = false; start < elements.length && !slow; start += chunkSize) {
    const chunk = elements.slice(start, start + chunkSize);
    let slowAnswers = 0;
    let nowMs = performance.now();
    for (const [index, element] of chunk.entries()) {
      const beganMs = nowMs;
      answers[start + index] = inLine(element);
      nowMs = performance.now();
      if (nowMs - beganMs > slowMs) slowAnswers++;
    }
    slow = slowAnswers > chunk.length / 2;
    // Signals and heartbeats do not wait for a hundred thousand answers.
    if (nowMs - breathedMs > breathEveryMs) {
      await nextTurn();
      breathedMs = performance.now();
    }
  }
  await concurrently(elements.slice(start).entries(), 64, async ([index, element]) => {
    answers[start + index] = await apart(element);
  });
  return answers;
}
