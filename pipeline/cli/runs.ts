import { isDigest } from '../core/digest.js';
import { isKeyFigure } from '../report/key-figures.js';
import type { PastRun } from '../report/past-run.js';
import { formatDuration, formatMoment, formatNumber } from '../report/quantities.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadFile, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { runHistory } from '../report/run-history.js';
import { tableLines } from './table.js';

const shownFigures = 3;

interface RunRow {
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
  /** The metrics of the last stage that has any, by `stage/metric`. */
  readonly figures: Readonly<Record<string, number>>;
}

/** `pipeline runs [FILE]`: what was run, the latest first. */
export async function runsCommand(
  words: readonly string[],
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const { file, storeDirectory } = await loadFile(words, program, options);
  const store = new Store(storeDirectory);
  const running = new Set((await store.presence.list()).map(({ runId }) => runId));
  const rows: RunRow[] = [];
  for await (const run of runHistory(store, file.name)) rows.push(await describe(run, running, store));
  if (options.json) {
    console.out(JSON.stringify({ runs: rows }, null, 2));
    return exitCodes.success;
  }
  if (rows.length === 0) console.out(`${file.name} was not run yet.`);
  else for (const line of tableLines([headings, ...rows.map(cells)])) console.out(line);
  return exitCodes.success;
}

const headings = ['run', 'started', 'outcome', 'took', 'ran', 'reused', 'figures'];

function cells({ id, startedAt, outcome, tookMs, stages, figures }: RunRow): string[] {
  const shown = Object.entries(figures).slice(0, shownFigures);
  return [
    id,
    formatMoment(startedAt),
    outcome,
    formatDuration(tookMs),
    `${stages.ran} of ${stages.total}`,
    String(stages.reused),
    shown.map(([name, value]) => `${name} ${formatNumber(value)}`).join('  '),
  ];
}

async function describe(run: PastRun, running: ReadonlySet<string>, store: Store): Promise<RunRow> {
  const stages = [...run.stages.values()];
  const count = (...states: readonly string[]): number =>
    stages.filter(({ state }) => states.includes(state)).length;
  return {
    id: run.runId,
    startedAt: new Date(run.startedMs).toISOString(),
    outcome: run.outcome === 'killed' && running.has(run.runId) ? 'running' : run.outcome,
    tookMs: run.tookMs,
    stages: { total: stages.length, ran: count('ran'), reused: count('cached'), failed: count('failed') },
    figures: await keyFigures(run, store),
  };
}

/** A pipeline's numbers stand at its end: those of the last stage that has any. */
async function keyFigures(run: PastRun, store: Store): Promise<Readonly<Record<string, number>>> {
  for (const { name, key, state, metrics } of [...run.stages.values()].reverse()) {
    const kept =
      state === 'cached' && isDigest(key) ? (await store.records.readStage(key))?.metrics : metrics;
    const figures = Object.entries(kept ?? {}).filter(isKeyFigure);
    if (figures.length > 0)
      return Object.fromEntries(figures.map(([metric, value]) => [`${name}/${metric}`, value]));
  }
  return {};
}
