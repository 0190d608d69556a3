import type { Patience } from './patience.js';

type Limits = Pick<Patience, 'failuresToStop' | 'pauseMs'>;

/**
 * Keeps from asking again and again what does not answer. After some failures in a row it says no for a while; then
 * one request may try, and its outcome decides.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntilMs = 0;
  #isProbing = false;

  constructor(
    private readonly limits: Limits,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Whether a request may be made; whoever makes it tells how it went. */
  allows(): boolean {
    if (this.#openUntilMs === 0) return true;
    if (this.#isProbing || this.nowMs() < this.#openUntilMs) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntilMs = 0;
    this.#isProbing = false;
  }

  /** @param lasting the same would happen again: no further request is made @returns whether it has opened just now */
  failed(lasting: boolean): boolean {
    const wasOpen = this.#openUntilMs !== 0;
    this.#failures++;
    this.#isProbing = false;
    if (!lasting && !wasOpen && this.#failures < this.limits.failuresToStop) return false;
    this.#openUntilMs = lasting ? Infinity : this.nowMs() + this.limits.pauseMs;
    return !wasOpen;
  }
}
