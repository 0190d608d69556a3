import { stringify } from 'csv-stringify/sync';
import { nearestName } from '../core/nearest-name.js';
import { terminalChart } from '../core/terminal-chart.js';
import { UserError } from '../core/user-error.js';
import { formatMoment, formatTogether } from '../report/quantities.js';
import type { HistoryEntry } from '../store/history.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { tableLines } from './table.js';

const chartedFrom = 3;

export interface HistoryOptions extends FileOptions {
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** A metric in one run. */
interface HistoryPoint {
  readonly run: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly stage: string;
  readonly metric: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * `pipeline history [FILE] [METRIC]`: how a metric went from run to run; without one, which there are. A metric is
 * called by its name, with its stage before it where several have it: `verdict/mixed AP50`.
 */
export async function historyCommand(
  words: readonly string[],
  options: HistoryOptions,
  program: Program,
  console: Console,
): Promise<number> {
  const { file, stages: operands, storeDirectory } = await loadIdentity(words, program, options);
  const points = pointsOf(await new Store(storeDirectory).history.read(file.name));
  const names = [...new Set(points.map(({ stage, metric }) => `${stage}/${metric}`))];
  if (operands.length === 0) {
    if (options.json) console.out(JSON.stringify({ metrics: names }, null, 2));
    else if (names.length === 0) console.out(`No run of ${file.name} has left a metric yet.`);
    else for (const name of names) console.out(name);
    return exitCodes.success;
  }
  const shown = matching(points, operands.join(' '), names, file.name);
  if (options.json) console.out(JSON.stringify({ points: shown }, null, 2));
  else if (options.csv)
    console.out(
      stringify([
        ['run', 'started', 'metric', 'value', 'low', 'high'],
        ...shown.map((p) => [p.run, p.startedAt, `${p.stage}/${p.metric}`, p.value, p.low, p.high]),
      ]).trimEnd(),
    );
  else for (const line of chartLines(shown)) console.out(line);
  return exitCodes.success;
}

function pointsOf(history: readonly HistoryEntry[]): readonly HistoryPoint[] {
  return history.flatMap(({ runId, startedMs, stages }) =>
    stages.flatMap(({ name, metrics, intervals }) =>
      Object.entries(metrics).map(([metric, value]) => ({
        run: runId,
        startedAt: new Date(startedMs).toISOString(),
        stage: name,
        metric,
        value,
        low: intervals[metric]?.low ?? null,
        high: intervals[metric]?.high ?? null,
      })),
    ),
  );
}

/** @throws UserError when no metric is called so, or those of several stages are */
function matching(
  points: readonly HistoryPoint[],
  wanted: string,
  names: readonly string[],
  pipeline: string,
): readonly HistoryPoint[] {
  const whole = points.filter(({ stage, metric }) => `${stage}/${metric}` === wanted);
  if (whole.length > 0) return whole;
  const found = points.filter(({ metric }) => metric === wanted);
  const stages = [...new Set(found.map(({ stage }) => stage))];
  if (stages.length > 1)
    throw new UserError(`Several stages have a metric ${wanted}: say which one.`, {
      details: stages.map((stage) => `  ${stage}/${wanted}`),
    });
  if (found.length > 0) return found;
  const near = nearestName(wanted, [...names, ...points.map(({ metric }) => metric)]);
  throw new UserError(`No run of ${pipeline} has left a metric ${wanted}.`, {
    hint: near === undefined ? '`pipeline history` lists the metrics.' : `Did you mean ${near}?`,
  });
}

function chartLines(points: readonly HistoryPoint[]): readonly string[] {
  const values = formatTogether(points.map(({ value }) => value));
  const rows = points.map(({ run, startedAt, low, high }, index) => {
    const [from = '', to = ''] = low === null || high === null ? [] : formatTogether([low, high]);
    return [run, formatMoment(startedAt), values[index] ?? '', from === '' ? '' : `[${from}, ${to}]`];
  });
  const chart =
    points.length < chartedFrom
      ? []
      : terminalChart(
          points.map(({ value }) => value),
          { rows: 8 },
        );
  return [...chart, ...tableLines(rows)];
}
