import type { Flight } from './flight.js';

const stragglerFactor = 3;

/**
 * Tasks that take much longer than their items should, and have so much left that it is worth going out in two.
 * @param secondsPerItem as measured so far
 * @param leastMs        no task is a straggler before it has run so long
 * @param nowMs          on the clock of `runningSinceMs`
 */
export function stragglersAmong(
  flights: readonly Flight[],
  secondsPerItem: number,
  leastMs: number,
  nowMs: number,
): readonly Flight[] {
  return flights.filter(({ parcel: { items }, isStraggler, runningSinceMs, done }) => {
    if (!items || isStraggler || runningSinceMs === undefined || items.length - done < 2) return false;
    const expectedMs = 1000 * secondsPerItem * items.length;
    return nowMs - runningSinceMs >= Math.max(stragglerFactor * expectedMs, leastMs);
  });
}
