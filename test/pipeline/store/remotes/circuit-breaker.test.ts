import { expect, it } from 'vitest';
import { CircuitBreaker } from '../../../../pipeline/store/remotes/circuit-breaker.js';

function breaker(): { readonly it: CircuitBreaker; readonly pass: (ms: number) => void } {
  let nowMs = 1;
  const made = new CircuitBreaker({ failuresToStop: 3, pauseMs: 1000 }, () => nowMs);
  return { it: made, pass: (ms) => void (nowMs += ms) };
}

it('opens after so many failures in a row, and says so once', () => {
  const { it: circuit } = breaker();
  expect([circuit.failed(false), circuit.failed(false)]).toEqual([false, false]);
  circuit.succeeded();
  expect([circuit.failed(false), circuit.failed(false), circuit.failed(false)]).toEqual([false, false, true]);
  expect(circuit.allows()).toBe(false);
  // A request that was under way when it opened.
  expect(circuit.failed(false)).toBe(false);
});

it('lets one request try after a while, whose outcome decides for all', () => {
  const { it: circuit, pass } = breaker();
  for (let i = 0; i < 3; i++) circuit.failed(false);
  pass(1000);
  expect([circuit.allows(), circuit.allows()]).toEqual([true, false]);
  circuit.failed(false);
  expect(circuit.allows()).toBe(false);
  pass(1000);
  expect(circuit.allows()).toBe(true);
  circuit.succeeded();
  expect([circuit.allows(), circuit.allows()]).toEqual([true, true]);
});

it('stays open after a refusal, which would come again', () => {
  const { it: circuit, pass } = breaker();
  expect(circuit.failed(true)).toBe(true);
  pass(1e9);
  expect(circuit.allows()).toBe(false);
});
