import { describe, expect, it } from 'vitest';
import { Flights } from '../../../../pipeline/executors/farm/flights.js';
import { aFlight } from '../../../support/farm-flights.js';

describe('tasks in flight', () => {
  function watched() {
    const told: string[] = [];
    const flights = new Flights(
      {
        add: ({ nonce, directory, indices }) =>
          void told.push(`+ ${nonce} ${directory} ${indices.join(',')}`),
        drop: (nonce) => void told.push(`- ${nonce}`),
      },
      (nonce) => `/farm/${nonce}`,
    );
    return { flights, told };
  }

  it('are watched submission by submission, until the last of its tasks has landed', () => {
    const { flights, told } = watched();
    const [a0, a1, b0] = [aFlight('a', 0), aFlight('a', 1), aFlight('b', 7)];
    flights.add([a0, a1, b0]);
    expect(told).toEqual(['+ a /farm/a 0,1', '+ b /farm/b 7']);
    const before = flights.all();
    flights.land(a1);
    expect([flights.size, told.length, before.length]).toEqual([2, 2, 3]);
    flights.land(a0);
    expect(told.slice(2)).toEqual(['- a']);
    expect(flights.all()).toEqual([b0]);
  });

  it('are left all at once', () => {
    const { flights, told } = watched();
    flights.add([aFlight('a', 0), aFlight('b', 0)]);
    flights.leave();
    expect(told.slice(2)).toEqual(['- a', '- b']);
  });
});
