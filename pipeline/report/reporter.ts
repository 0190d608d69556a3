import type { RunEvent } from '../events/event.js';

/** Shows a run to somebody. It sees every event and changes nothing. */
export interface Reporter {
  on(event: RunEvent): void;
  /** Takes down what is only for the moment (progress lines). */
  close(): void;
}
