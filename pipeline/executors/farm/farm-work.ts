import type { Resources } from '../../stage/definition.js';
import type { SlurmOptions } from '../../file/schema.js';
import type { StageHead, TaskResult } from './task-files.js';

/** A stage's work for the farm, and who hears what becomes of it. */
export interface FarmWork {
  readonly head: StageHead;
  /** The folder for the tasks' files, on the shared disk; the same for every run that makes this stage. */
  readonly directory: string;
  readonly resources: Resources;
  readonly options: SlurmOptions;
  /** Ids of the items that are to be made; undefined for a whole stage. */
  readonly items: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Which of these items the store still does not have. */
  missing(items: readonly string[]): Promise<readonly string[]>;
  /** A task has ended by itself. */
  ended(result: TaskResult, items: readonly string[] | undefined): Promise<void>;
  /** No further attempt: these items are not made. */
  givenUp(items: readonly string[] | undefined, message: string, details: readonly string[]): void;
  /** The first task runs. */
  started(): void;
  /** So many items are made by tasks that have not ended yet. */
  progress(done: number): void;
  log(line: string): void;
  warn(message: string): void;
}
