import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GrowingFile } from '../core/growing-file.js';
import { UserError } from '../core/user-error.js';
import type { RunOutcome } from '../events/event.js';
import { parseJournal } from '../events/read-journal.js';
import type { Reporter } from '../report/reporter.js';
import { interruptRun } from '../store/presence/interrupt-run.js';
import { Store } from '../store/store.js';
import { chooseReporter } from './choose-reporter.js';
import { detachedEventsPath } from './detach-run.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { findRun } from './find-run.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';

const lookEveryMs = 300;

export interface AttachOptions extends FileOptions {
  readonly end?: boolean;
  readonly json?: boolean;
}

/**
 * `pipeline attach [FILE] [RUN]`: shows a run of another process from its beginning on, until it ends.
 * @returns the exit code that the run ends with
 * @throws UserError when its process is gone without an end
 */
export async function attachCommand(
  words: readonly string[],
  options: AttachOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { file, stages, storeDirectory } = await loadIdentity(words, program, options);
  const store = new Store(storeDirectory);
  const { runId } = await findRun(stages[0] ?? 'last', store, file.name);
  if (options.end) await interruptRun(runId, store.presence);
  const reporter = await chooseReporter(options.json === true, console);
  try {
    const outcome = await follow(runId, store, reporter, signal);
    if (outcome !== 'detached') return exitCodeOf(outcome);
    console.error('The run goes on; `pipeline attach --end` ends it.');
    return exitCodes.interrupted;
  } finally {
    reporter.close();
  }
}

async function follow(
  runId: string,
  store: Store,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunOutcome | 'detached'> {
  const directory = store.runDirectory(runId);
  const detached = detachedEventsPath(directory);
  const events = new GrowingFile(existsSync(detached) ? detached : join(directory, 'journal.ndjson'));
  for (;;) {
    // Asked before reading: what was written before the end is then surely read.
    const isThere = (await store.presence.list()).some((present) => present.runId === runId);
    for (const event of parseJournal((await events.newLines(!isThere)).join('\n'))) {
      reporter.on(event);
      if (event.type === 'run-finished') return event.outcome;
    }
    if (!isThere)
      throw new UserError(`The process of ${runId} is gone, and the run has no end.`, {
        hint: 'Tasks that it had on a cluster go on. `pipeline run` goes on with them, and with all that was made.',
      });
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 'detached';
  }
}
