import { describe, expect, it } from 'vitest';
import type { Flight } from '../../../../pipeline/executors/farm/flight.js';
import { stragglersAmong } from '../../../../pipeline/executors/farm/stragglers.js';
import { aFlight, terms } from '../../../support/farm-flights.js';

describe('stragglers', () => {
  const running = { runningSinceMs: 1000 };
  // Four items of a second each: three times as long is twelve seconds.
  it.each<[string, Partial<Flight>, number, number]>([
    ['take three times as long as they should', running, 13_000, 1],
    ['are none before', running, 12_900, 0],
    ['are none that do not run yet', {}, 1e9, 0],
    ['are none that were told to end already', { ...running, isStraggler: true }, 1e9, 0],
    ['are none with one item left', { ...running, done: 3 }, 1e9, 0],
    ['are none of a stage without items', { ...running, parcel: { items: undefined, terms, attempt: 1 } }, 1e9, 0], // prettier-ignore
  ])('%s', (_what, more, nowMs, found) => {
    expect(stragglersAmong([aFlight('a', 0, more)], 1, 5000, nowMs)).toHaveLength(found);
  });

  it('are none before the least time, however short their items', () => {
    expect(stragglersAmong([aFlight('a', 0, running)], 0.01, 5000, 5900)).toEqual([]);
    expect(stragglersAmong([aFlight('a', 0, running)], 0.01, 5000, 6000)).toHaveLength(1);
  });
});
