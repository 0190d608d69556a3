import type { Store } from '../store/store.js';
import { isKeyFigure } from './key-figures.js';
import type { PastRun } from './past-run.js';
import { runHistory } from './run-history.js';
import { RunRecords } from './run-records.js';

/** A run in a list of runs. */
export interface RunRow {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly outcome: PastRun['outcome'] | 'running';
  readonly tookMs: number;
  readonly stages: {
    readonly total: number;
    readonly ran: number;
    readonly reused: number;
    readonly failed: number;
  };
  /** The metrics of the last stage that has metrics, by `stage/metric`. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The runs of a pipeline, the latest first. @param most no more than so many */
export async function runRows(store: Store, pipeline: string, most = Infinity): Promise<RunRow[]> {
  const running = new Set((await store.presence.list()).map(({ runId }) => runId));
  const records = new RunRecords(store);
  const rows: RunRow[] = [];
  for await (const run of runHistory(store, pipeline)) {
    rows.push(await describe(run, running, records));
    if (rows.length >= most) break;
  }
  return rows;
}

async function describe(run: PastRun, running: ReadonlySet<string>, records: RunRecords): Promise<RunRow> {
  const stages = [...run.stages.values()];
  const count = (...states: readonly string[]): number =>
    stages.filter(({ state }) => states.includes(state)).length;
  return {
    id: run.runId,
    startedAt: new Date(run.startedMs).toISOString(),
    outcome: run.outcome === 'killed' && running.has(run.runId) ? 'running' : run.outcome,
    tookMs: run.tookMs,
    stages: { total: stages.length, ran: count('ran'), reused: count('cached'), failed: count('failed') },
    figures: await keyFigures(run, records),
  };
}

/** A pipeline's numbers stand at its end: those of the last stage that has numbers. */
async function keyFigures(run: PastRun, records: RunRecords): Promise<Readonly<Record<string, number>>> {
  for (const stage of [...run.stages.values()].reverse()) {
    const { name, state, metrics } = stage;
    const kept = state === 'cached' ? (await records.of(stage))?.metrics : metrics;
    const figures = Object.entries(kept ?? {}).filter(isKeyFigure);
    if (figures.length > 0)
      return Object.fromEntries(figures.map(([metric, value]) => [`${name}/${metric}`, value]));
  }
  return {};
}
