import type { SlurmOptions } from '../../file/schema.js';
import type { Resources } from '../../stage/definition.js';

/** Why an engine says that a task is over. None of these is a success: that is what the task's result file says. */
export type EndReason =
  'ended' | 'out-of-memory' | 'timeout' | 'node-failed' | 'preempted' | 'cancelled' | 'failed' | 'gone';

/** What an engine says of a task: whether it still lives, and nothing more. */
export interface SeenTask {
  readonly state: 'waiting' | 'running' | 'over';
  readonly reason?: EndReason;
  /** Where it runs or ran, as the engine calls the node. */
  readonly node?: string;
  /** Why it waits, in the engine's words, where it does not just wait for its turn. */
  readonly heldBy?: string;
}

/** One task of a submission, for the engine. */
export interface TaskRef {
  readonly nonce: string;
  readonly index: number;
}

/** What the tasks of one submission need of the cluster. */
export interface TaskNeeds {
  readonly resources: Resources;
  /** Undefined: whatever the engine gives by default. */
  readonly memoryMb?: number;
  readonly minutes?: number;
  readonly excludedNodes: readonly string[];
  readonly options: SlurmOptions;
  /** The engine starts the task again by itself after a dead node or pre-emption, and warns it before its end. */
  readonly resumes: boolean;
}

/** Tasks alike that go to the engine together. */
export interface Submission {
  /** The name under which the engine is asked for them: a job's id may be given to another job. */
  readonly nonce: string;
  /** The tasks' folder on the shared disk: `script.sh` in it takes a task's index; logs are `log-<index>.txt`. */
  readonly directory: string;
  readonly indices: readonly number[];
  readonly needs: TaskNeeds;
}

export interface ClusterLimits {
  readonly tasksPerSubmission: number;
  readonly largestIndex: number;
  /** Waiting and running together. */
  readonly tasksAtOnce: number;
}

/**
 * An engine that runs tasks on other machines: Slurm, or whatever has a command to submit with. The farm above it
 * (farm.ts) cuts the tasks, judges them by their result files, and tries them again.
 */
export interface Cluster {
  readonly name: string;
  limits(): Promise<ClusterLimits>;
  /**
   * Hands the tasks to the engine.
   * @throws SubmissionError when the engine refuses them; any other error leaves open whether it has them
   */
  submit(submission: Submission): Promise<void>;
  /**
   * One question for all submissions. What is not in the answer, the engine does not know.
   * @throws when the engine cannot be asked: then nothing is known, and nothing is over
   */
  look(submissions: readonly Submitted[]): Promise<Snapshot>;
  /** Ends tasks; those that have ended are left alone. */
  cancel(tasks: readonly TaskRef[]): Promise<void>;
}

/** A submission as it is asked for. */
export type Submitted = Pick<Submission, 'nonce' | 'directory' | 'indices'>;

export type Snapshot = ReadonlyMap<string, ReadonlyMap<number, SeenTask>>;

/** The engine has not taken a submission, or only some tasks of it. */
export class SubmissionError extends Error {
  override readonly name = 'SubmissionError';
  /**
   * @param kind `refused`: it never will; `full`: it has no room now; `unreachable`: it may be asked again
   * @param taken the tasks that it has taken nevertheless
   */
  constructor(
    readonly kind: 'refused' | 'full' | 'unreachable',
    message: string,
    readonly taken: readonly number[] = [],
  ) {
    super(message);
  }
}
