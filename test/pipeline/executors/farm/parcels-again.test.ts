import { describe, expect, it } from 'vitest';
import { parcelsAgain } from '../../../../pipeline/executors/farm/parcels-again.js';
import { aFlight, terms } from '../../../support/farm-flights.js';

describe('what an attempt has not made', () => {
  it('goes out again at its index, as the next attempt', () => {
    const lost = { losses: 1, preemptions: 0, excludedNodes: [] };
    expect(parcelsAgain(aFlight('a', 5), ['c', 'd'], lost)).toEqual([
      { items: ['c', 'd'], terms: lost, attempt: 2, index: 5 },
    ]);
    const whole = aFlight('a', 5, { parcel: { items: undefined, terms, attempt: 2 } });
    expect(parcelsAgain(whole, undefined, lost)).toEqual([
      { items: undefined, terms: lost, attempt: 3, index: 5 },
    ]);
  });

  it('goes out in two, as new tasks, where it took too long', () => {
    const straggler = aFlight('a', 5, { isStraggler: true });
    const parts = (items: string[]) => parcelsAgain(straggler, items, terms).map((parcel) => parcel.items);
    expect(parts(['b', 'c', 'd'])).toEqual([['b', 'c'], ['d']]);
    expect(parts(['d'])).toEqual([['d']]);
    expect(parcelsAgain(straggler, ['d'], terms)[0]).not.toHaveProperty('index');
  });
});
