import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.js';
import { Journal } from '../events/journal.js';
import type { RunEvent, UntimedEvent } from '../events/event.js';
import { localExecutor } from '../executors/local.js';
import { ndjsonReporter } from '../report/ndjson.js';
import { plainReporter } from '../report/plain.js';
import type { Reporter } from '../report/reporter.js';
import { RunSummaryGatherer } from '../report/run-summary.js';
import { writeReport } from '../report/write-report.js';
import { localHost } from '../run/host.js';
import { missingSources } from '../run/sources.js';
import { runPlan } from '../run/scheduler.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan } from './load-plan.js';
import type { Console, Program } from './program.js';

export interface RunOptions {
  readonly set: readonly string[];
  readonly jobs?: number;
  readonly json?: boolean;
  readonly store?: string;
}

/** `pipeline run [FILE] [STAGE…]`: makes what is not there yet. @returns the exit code */
export async function runCommand(
  words: readonly string[],
  options: RunOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan, storeDirectory } = await loadPlan(words, program.registry, options);
  const store = new Store(storeDirectory);
  const missing = await missingSources(plan);
  if (missing.length > 0)
    throw new DiagnosticError(missing, new Map([[plan.file.source.file, plan.file.source.text]]));

  const runId = newRunId();
  const journal = await Journal.open(store.runDirectory(runId));
  const gatherer = new RunSummaryGatherer();
  const reporter = await chooseReporter(options.json === true, console);
  const emit = (untimed: UntimedEvent): void => {
    const event = { ...untimed, atMs: Date.now() } as RunEvent;
    for (const consumer of [reporter, gatherer]) consumer.on(event);
    journal.write(event);
  };

  const startedMs = Date.now();
  emit({
    type: 'run-started',
    runId,
    pipeline: plan.file.name,
    file: plan.file.path,
    seed: plan.file.seed,
    stages: plan.stages.map(({ name, kind }) => ({ name, kind: kind.kind })),
  });
  const outcome = await runPlan(plan, {
    store,
    executor: localExecutor(options.jobs ?? availableParallelism()),
    host: localHost(plan.file.directory, store, signal),
    viewDirectory: join(plan.file.directory, 'out'),
    signal,
    emit,
  });
  emit({ type: 'run-finished', outcome, tookMs: Date.now() - startedMs });
  reporter.close();
  await Promise.all([journal.close(), store.files.save()]);
  const page = await writeReport(gatherer.summary, store);
  if (options.json !== true) console.out(`report: ${page}`);
  switch (outcome) {
    case 'succeeded':
      return exitCodes.success;
    case 'failed':
      return exitCodes.failure;
    case 'interrupted':
      return exitCodes.interrupted;
  }
}

async function chooseReporter(json: boolean, console: Console): Promise<Reporter> {
  if (json) return ndjsonReporter(console.out);
  if (!process.stdout.isTTY || process.env['CI']) return plainReporter(console.out);
  const { terminalReporter } = await import('../report/terminal.js');
  return terminalReporter(process.stdout);
}

/** Sorts by time; the random end keeps two runs of one moment apart. */
function newRunId(): string {
  const time = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
