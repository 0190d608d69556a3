import type { Resources } from '../stage/definition.js';

/** Where jobs run: a whole stage, or one batch of a map stage. */
export interface Executor {
  /** How many jobs this executor works on at once; map stages cut their items so that all are busy. */
  readonly concurrency: number;
  /**
   * Runs a job when there is room for it and answers with its result.
   * A job that has not started when the run is cancelled never starts: the promise rejects with the signal's reason.
   */
  submit<T>(job: Job<T>): Promise<T>;
}

export interface Job<T> {
  readonly resources: Resources;
  /** Of the waiting jobs, those of higher priority start first: a short stage does not wait for a hundred batches. */
  readonly priority: number;
  readonly signal: AbortSignal;
  readonly run: () => Promise<T>;
}
