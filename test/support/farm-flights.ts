import type { Flight } from '../../pipeline/executors/farm/flight.js';

export const terms = { losses: 0, preemptions: 0, excludedNodes: [] };
/** A task of four items that the engine has. */
export const aFlight = (nonce: string, index: number, more: Partial<Flight> = {}): Flight => ({
  nonce,
  index,
  parcel: { items: ['a', 'b', 'c', 'd'], terms, attempt: 1 },
  done: 0,
  ...more,
});
