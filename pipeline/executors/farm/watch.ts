import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Snapshot, Submitted } from './cluster.js';

/** How the farm spends its time. */
export interface FarmTimes {
  /** The engine is asked again after so long, when something has just happened; */
  readonly firstPollMs: number;
  /** and when nothing has happened for a while, after so long. */
  readonly longestPollMs: number;
  /** So long after a task is gone its result may still appear on the shared disk. */
  readonly graceMs: number;
  /** A task is no straggler before it has run so long. */
  readonly stragglerMs: number;
}

export const defaultTimes: FarmTimes = {
  firstPollMs: 5000,
  longestPollMs: 60_000,
  graceMs: 60_000,
  stragglerMs: 300_000,
};

const slowdown = 1.5;

/**
 * One question to the engine for the tasks of all stages, again and again, more seldom while nothing changes. Nobody
 * asks it task by task: that is how controllers of clusters are brought down.
 */
export class Watch {
  readonly #submissions = new Map<string, Submitted>();
  #next: Promise<Snapshot | undefined> | undefined;
  #pollMs: number;
  #seen = '';
  /** How often in a row the engine could not be asked. */
  failures = 0;
  /** What it said then. */
  lastFailure = '';

  constructor(
    readonly cluster: Cluster,
    readonly times: FarmTimes = defaultTimes,
  ) {
    this.#pollMs = times.firstPollMs;
  }

  add(submission: Submitted): void {
    this.#submissions.set(submission.nonce, submission);
    this.#pollMs = this.times.firstPollMs;
  }

  /** Nobody waits for it any more. */
  drop(nonce: string): void {
    this.#submissions.delete(nonce);
  }

  /** The next answer, shared by all who wait. @returns undefined when the engine could not be asked */
  async next(signal: AbortSignal): Promise<Snapshot | undefined> {
    this.#next ??= this.#ask().finally(() => (this.#next = undefined));
    let leave: () => void = () => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      signal.throwIfAborted();
      return await Promise.race([this.#next, aborted]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #ask(): Promise<Snapshot | undefined> {
    await pause(this.#pollMs);
    try {
      const snapshot = await this.cluster.look([...this.#submissions.values()]);
      const seen = states(snapshot);
      this.#pollMs =
        seen === this.#seen
          ? Math.min(this.#pollMs * slowdown, this.times.longestPollMs)
          : this.times.firstPollMs;
      this.#seen = seen;
      this.failures = 0;
      return snapshot;
    } catch (error) {
      this.failures++;
      this.lastFailure = error instanceof Error ? error.message : String(error);
      this.#pollMs = Math.min(this.#pollMs * slowdown, this.times.longestPollMs);
      return undefined;
    }
  }
}

function states(snapshot: Snapshot): string {
  const words: string[] = [];
  for (const [nonce, tasks] of snapshot)
    for (const [index, { state }] of tasks) words.push(`${nonce} ${index} ${state}`);
  return words.join('\n');
}
