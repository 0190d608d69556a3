import type { Resources } from '../stage/definition.js';

/** Where jobs run: a whole stage, or one batch of a map stage. */
export interface Executor {
  /** How many jobs that need this much can run at once; map stages cut their items so that all are busy. */
  concurrency(resources: Resources): number;
  /**
   * Runs a job when there is room for it and answers with its result. The room is free again when the job's
   * promise has settled.
   * A job that has not started when the run is cancelled never starts: the promise rejects with the signal's reason.
   */
  submit<T>(job: Job<T>): Promise<T>;
}

/** What a job was given of the machine, beside CPUs and memory, which have no names. */
export interface Grant {
  /** Numbers of the GPUs that are the job's own until it ends. */
  readonly gpus: readonly number[];
}

export interface Job<T> {
  readonly resources: Resources;
  /** Of the waiting jobs, those of higher priority start first: a short stage does not wait for a hundred batches. */
  readonly priority: number;
  readonly signal: AbortSignal;
  readonly run: (grant: Grant) => Promise<T>;
}
