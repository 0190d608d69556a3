import type { UntimedEvent } from '../events/event.js';
import type { Executor } from '../executors/executor.js';
import type { Host } from '../stage/context.js';
import type { Store } from '../store/store.js';

/** All that execution touches, handed in, so that a test can hand in something else. */
export interface World {
  readonly store: Store;
  readonly executor: Executor;
  readonly host: Host;
  /** Where `out/<stage>/` stands. */
  readonly viewDirectory: string;
  readonly signal: AbortSignal;
  readonly emit: (event: UntimedEvent) => void;
}
