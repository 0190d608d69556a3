import { spawn, type ChildProcess } from 'node:child_process';
import { UserError } from '../core/user-error.js';
import { requestCancellation } from '../run/cancellations.js';
import { interruptRun } from '../store/presence/interrupt-run.js';
import type { Store } from '../store/store.js';

/** What somebody at the live page may do to runs, where that was allowed. */
export class RunControl {
  readonly #children = new Set<ChildProcess>();

  /** @param command the program and the words that start a run of the pipeline, without stages */
  constructor(
    private readonly command: readonly string[],
    private readonly store: Store,
    private readonly say: (line: string) => void,
  ) {}

  /** Starts a run in a process of its own, of all stages or of one. */
  start(stage?: string): void {
    const [file = '', ...args] = this.command;
    // A word that begins like an option would be one.
    if (stage?.startsWith('-')) throw new UserError(`There is no stage ${stage}.`);
    const child = spawn(file, [...args, ...(stage === undefined ? [] : [stage])], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#children.add(child);
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.say(text.trimEnd()));
    child.on('error', (error) => this.say(`The run did not start: ${error.message}`));
    child.on('close', () => this.#children.delete(child));
  }

  /** Ends one stage of a run; the others go on. */
  async cancelStage(runId: string, stage: string): Promise<void> {
    await requestCancellation(this.store.runDirectory(runId), stage);
  }

  /** Ends a run as Ctrl-C does. @throws UserError when it is not one of this machine that goes on */
  async cancelRun(runId: string): Promise<void> {
    if (!(await interruptRun(runId, this.store.presence)))
      throw new UserError(`Run ${runId} does not go on.`);
  }

  /** Ends the runs that were started here. */
  close(): void {
    for (const child of this.#children) child.kill('SIGINT');
  }
}
