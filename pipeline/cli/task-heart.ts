import type { TaskRef } from '../executors/farm/cluster.js';
import type { TaskFiles } from '../executors/farm/task-files.js';

const beatMs = 10_000;

/**
 * The signs of life of a task on a node, and what ends it: the end of the process, the engine's warning before it ends
 * the job (USR2), and a controller that no longer waits for this attempt.
 */
export class TaskHeart {
  readonly signal: AbortSignal;
  readonly #end = new AbortController();
  #done = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #warned = false;
  readonly #onWarning = (): void => {
    this.#warned = true;
    this.#end.abort(new Error('The cluster ends this job soon; what is made so far is kept.'));
  };

  private constructor(
    readonly files: TaskFiles,
    readonly task: TaskRef,
    readonly node: string,
    outer: AbortSignal,
  ) {
    this.signal = AbortSignal.any([outer, this.#end.signal]);
  }

  static async start(files: TaskFiles, task: TaskRef, node: string, outer: AbortSignal): Promise<TaskHeart> {
    const heart = new TaskHeart(files, task, node, outer);
    await files.markInterrupted(task, false);
    process.once('SIGUSR2', heart.#onWarning);
    await heart.#beat();
    heart.#timer = setInterval(() => {
      // A disk that does not answer for a while is no reason to end.
      heart.#beating = heart.#beat().catch(() => undefined);
    }, beatMs);
    return heart;
  }

  /** So many items are made so far. */
  tell(done: number): void {
    this.#done = done;
  }

  /** Notes that the engine's warning ended it, and nobody's fault. */
  async noteInterruption(): Promise<void> {
    if (this.#warned) await this.files.markInterrupted(this.task, true);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    process.removeListener('SIGUSR2', this.#onWarning);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    await this.files.writeHeartbeat(this.task, { atMs: Date.now(), node: this.node, done: this.#done });
    if (await this.files.isGivenUp(this.task))
      this.#end.abort(new Error('Nobody waits for this attempt any more.'));
  }
}
