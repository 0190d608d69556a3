import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { hasErrorCode } from '../core/error-code.js';
import { GrowingFile } from '../core/growing-file.js';
import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import { stageLogPath } from '../events/journal.js';
import { readJournal } from '../events/read-journal.js';
import { stagesNamed } from '../file/instance-name.js';
import { pastRun, type PastRun } from '../report/past-run.js';
import type { StageOutcome } from '../report/run-summary.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { findRun } from './find-run.js';
import { runHistory } from '../report/run-history.js';

const followEveryMs = 300;

export interface LogsOptions extends FileOptions {
  readonly run?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `pipeline logs [FILE] STAGE`: what a stage printed when it last ran, or in the run that `--run` names. */
export async function logsCommand(
  words: readonly string[],
  word: string,
  options: LogsOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { file, storeDirectory } = await loadIdentity(words, program, options);
  const store = new Store(storeDirectory);
  const names = new Set(file.stages.map(({ name }) => name));
  const run =
    options.run === undefined
      ? await lastRunOf(word, store, file.name, names)
      : await findRun(options.run, store, file.name);
  const [stage = word, ...others] = stagesNamed(word, run.stages.keys());
  if (others.length > 0)
    throw new UserError(`${word} is made ${others.length + 1} times in ${run.runId}: say which one.`, {
      hint: `There is: ${[stage, ...others].join(', ')}.`,
    });
  const summary = run.stages.get(stage);
  if (!summary) throw noSuchStage(stage, [...run.stages.keys()], `The run ${run.runId}`);
  if (!hasRun(summary.state))
    throw new UserError(`${stage} did not run in ${run.runId}: ${idle[summary.state]}.`, {
      hint: 'Without --run, the last run in which it ran is taken.',
    });
  const path = stageLogPath(store.runDirectory(run.runId), stage);
  const text = await readLog(path);
  const lines = text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  if (options.json) {
    const shown = text === '' ? [] : lines;
    console.out(JSON.stringify({ run: run.runId, stage, state: summary.state, path, lines: shown }, null, 2));
    return exitCodes.success;
  }
  // Not among the lines themselves, which may go on into a pipe.
  console.error(
    `${stage} in run ${run.runId}: ${text === '' && !options.follow ? 'it printed nothing' : summary.state}`,
  );
  if (!options.follow) {
    if (text !== '') for (const line of lines) console.out(line);
    return exitCodes.success;
  }
  return follow(path, () => goesOn(store, run.runId, stage), console, signal);
}

const idle: Readonly<Record<StageOutcome, string>> = {
  cached: 'its result came from the store',
  blocked: 'one that it needs failed',
  'left-out': 'the time budget did not hold it',
  skipped: 'the run ended before its turn',
  ran: 'it ran',
  failed: 'it failed',
  interrupted: 'it was interrupted',
};

function hasRun(state: StageOutcome): boolean {
  return state === 'ran' || state === 'failed' || state === 'interrupted';
}

async function lastRunOf(
  stage: string,
  store: Store,
  pipeline: string,
  declared: ReadonlySet<string>,
): Promise<PastRun> {
  const names = new Set(declared);
  for await (const run of runHistory(store, pipeline)) {
    const meant = stagesNamed(stage, run.stages.keys());
    if (meant.some((name) => hasRun(run.stages.get(name)?.state ?? 'skipped'))) return run;
    for (const name of run.stages.keys()) names.add(name);
  }
  if (!names.has(stage)) throw noSuchStage(stage, [...names], pipeline);
  throw new UserError(`${stage} of ${pipeline} did not run yet, so it has no log.`);
}

function noSuchStage(stage: string, names: readonly string[], owner: string): UserError {
  const near = nearestName(stage, names);
  return new UserError(`${owner} has no stage ${stage}.`, {
    hint: near ? `Did you mean ${near}?` : `There is: ${names.join(', ')}.`,
  });
}

async function readLog(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  });
}

async function goesOn(store: Store, runId: string, stage: string): Promise<boolean> {
  // A run that was killed leaves no word of its end.
  if (!(await store.presence.list()).some((present) => present.runId === runId)) return false;
  const events = await readJournal(store.runDirectory(runId));
  if (events.at(-1)?.type === 'run-finished') return false;
  // A stage that has begun and not ended counts as interrupted in a run without an end.
  return pastRun(events)?.stages.get(stage)?.state === 'interrupted';
}

/** Prints what is there and what is added, whole lines at a time, until the stage has ended. */
async function follow(
  path: string,
  isGoingOn: () => Promise<boolean>,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const log = new GrowingFile(path);
  for (;;) {
    // Asked before reading: what was printed before the end is then surely read.
    const last = !(await isGoingOn());
    for (const line of await log.newLines(last)) console.out(line);
    if (last) return exitCodes.success;
    await setTimeout(followEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return exitCodes.interrupted;
  }
}
