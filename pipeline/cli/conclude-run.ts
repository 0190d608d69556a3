import { historyEntry } from '../report/history-entry.js';
import { measuresOf } from '../report/measures.js';
import type { PastRun } from '../report/past-run.js';
import type { RunSummary } from '../report/run-summary.js';
import { runBefore } from '../report/run-history.js';
import { RunRecords } from '../report/run-records.js';
import { changeText, sinceLastRun } from '../report/since-last-run.js';
import { writeReport } from '../report/write-report.js';
import type { Store } from '../store/store.js';

/** What a run came to, as the hook of `notify` gets it on its standard input and `report --json` prints it. */
export interface RunVerdict {
  readonly version: 1;
  readonly pipeline: string;
  readonly run: string;
  readonly outcome: PastRun['outcome'];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  /** The verdict of the last stage that gave one. */
  readonly sentences: readonly string[];
  readonly measures: readonly {
    readonly stage: string;
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** What is different from the last run that went through; null for the first. */
  readonly since: {
    readonly run: string;
    readonly changes: readonly { readonly text: string; readonly stages: string }[];
    readonly measures: readonly object[];
  } | null;
  /** Measures that got worse by more than chance in the test data explains, in words. */
  readonly regressions: readonly string[];
  /** What the time budget did not hold. */
  readonly leftOut: readonly { readonly stage: string; readonly why: string }[];
  readonly failures: readonly { readonly stage: string; readonly message: string }[];
  /** The path of the page. */
  readonly report: string;
}

/** Writes a run's page, compares it with the run before, and says what it came to. */
export async function runVerdict(
  run: PastRun,
  store: Store,
  records = new RunRecords(store),
): Promise<RunVerdict> {
  const before = await runBefore(store, run);
  const after = await measuresOf(run, records);
  const measures = { before: before ? await measuresOf(before, records) : new Map<string, never>(), after };
  const since = before && (await sinceLastRun(before, asSummary(run), measures, records));
  const report = await writeReport(run, since, records);
  const stages = [...run.stages.values()];
  return {
    version: 1,
    pipeline: run.pipeline,
    run: run.runId,
    outcome: run.outcome,
    startedAt: new Date(run.startedMs).toISOString(),
    tookMs: run.tookMs,
    sentences: await sentencesOf(run, records),
    measures: [...after.values()].map(({ stage, name, value, low, high }) => ({
      stage,
      name,
      value,
      low,
      high,
    })),
    since: since ? { run: since.runId, changes: since.changes, measures: since.measures } : null,
    regressions: (since?.measures ?? [])
      .filter(({ judgement }) => judgement === 'worse')
      .map((change) => `${change.stage}: ${changeText(change)}`),
    leftOut: stages
      .filter(({ state }) => state === 'left-out')
      .map(({ name, reasons }) => ({ stage: name, why: reasons.join('; ') })),
    failures: stages
      .filter(({ state }) => state === 'failed')
      .map(({ name, error = '' }) => ({ stage: name, message: error.split('\n')[0] ?? '' })),
    report,
  };
}

/** As runVerdict, for a run that has just ended: its figures go into the store's history first. */
export async function concludeRun(summary: RunSummary, store: Store): Promise<RunVerdict> {
  const records = new RunRecords(store);
  await store.history.add(await historyEntry(summary, await measuresOf(summary, records), records));
  return runVerdict(summary, store, records);
}

/** A comparison does not ask how a run ended. */
function asSummary({ outcome, ...run }: PastRun): RunSummary {
  return { ...run, outcome: outcome === 'killed' ? 'interrupted' : outcome };
}

async function sentencesOf(run: PastRun, records: RunRecords): Promise<readonly string[]> {
  for (const stage of [...run.stages.values()].reverse())
    for (const exhibit of (await records.of(stage))?.exhibits ?? [])
      if (exhibit.type === 'verdict') return exhibit.sentences;
  return [];
}
