import type { UntimedEvent } from '../events/event.js';
import type { Executor } from '../executors/executor.js';
import type { Farm } from '../executors/farm/farm.js';
import type { StageHead } from '../executors/farm/task-files.js';
import type { Host } from '../stage/context.js';
import type { Store } from '../store/store.js';
import type { Budget } from './budget.js';
import type { Cancellations } from './cancellations.js';
import type { Locks } from './lock.js';

/** A farm with what its workers have to know of the run. */
export interface FarmOfRun {
  readonly farm: Farm;
  readonly base: Pick<StageHead, 'program' | 'file' | 'settings'>;
}

/** All that execution touches, handed in, so that a test can hand in something else. */
export interface World {
  readonly store: Store;
  readonly executor: Executor;
  /** Where stages go that need not run here; undefined for a run on this machine alone. */
  readonly farm?: FarmOfRun | undefined;
  /** Between this run and others that share the store. */
  readonly locks: Locks;
  /** Where the run keeps its journal and logs. */
  readonly runDirectory: string;
  /** Goes on after any failure with all that does not need the failed stage. */
  readonly keepGoing: boolean;
  /** The only GPUs that children may see, whether or not their stage asked for one; undefined for no such limit. */
  readonly gpuLimit?: readonly number[] | undefined;
  readonly host: Host;
  /** Where `out/<stage>/` stands. */
  readonly viewDirectory: string;
  /** How long the run may begin new work; undefined for as long as it takes. */
  readonly budget?: Budget | undefined;
  /** Stages that somebody wants to end while the others go on. */
  readonly cancellations?: Cancellations | undefined;
  readonly signal: AbortSignal;
  /** How long a stage's code may go on when it was told to end; half a minute where nothing is said. */
  readonly graceMs?: number;
  readonly emit: (event: UntimedEvent) => void;
}
