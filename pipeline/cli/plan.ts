import { DiagnosticError } from '../core/diagnostic.js';
import { formatCount, formatDuration } from '../report/quantities.js';
import { examinePlan, type StageForecast } from '../run/examine.js';
import { localHost } from '../run/host.js';
import { missingSources } from '../run/sources.js';
import { Store } from '../store/store.js';
import { Predictions } from '../run/predictions.js';
import { costCells, costSums, stageCosts, type StageCosts } from './plan-cost.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan } from './load-plan.js';
import type { Console, Program } from './program.js';
import { tableLines } from './table.js';

export interface PlanOptions {
  readonly set: readonly string[];
  readonly json?: boolean;
  readonly cost?: boolean;
  readonly store?: string;
}

type ForecastCommand = (
  words: readonly string[],
  options: PlanOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
) => Promise<number>;

/** `pipeline plan [FILE] [STAGE…]`: what a run would do, and why. Nothing is run. */
export const planCommand = forecastCommand((forecasts, costs) => {
  const rows = forecasts.map((forecast) => [
    marks[forecast.state],
    forecast.name,
    forecast.kind,
    ...(costs ? costCells(forecast, costs) : []),
    explain(forecast),
  ]);
  const running = forecasts.filter(({ state }) => state !== 'current').length;
  const sum =
    running === 0 ? 'Nothing to do.' : `${formatCount(running, 'stage')} of ${forecasts.length} would run.`;
  return [...tableLines(rows), sum, ...(costs ? costSums(forecasts, costs) : [])];
});

/** `pipeline status [FILE]`: which results are there, when they were made and how large they are. */
export const statusCommand = forecastCommand((forecasts) => {
  const rows = forecasts.map((forecast): string[] => {
    if (forecast.state !== 'current') return [marks[forecast.state], forecast.name, explain(forecast)];
    const { record } = forecast;
    const files = Object.values(record.outputs).reduce((sum, { fileCount }) => sum + fileCount, 0);
    return [
      marks.current,
      forecast.name,
      `made ${record.finishedAt.slice(0, 16).replace('T', ' ')} in ${formatDuration(record.tookMs)}, ${formatCount(files, 'file')}`,
    ];
  });
  return tableLines(rows);
});

/** A command that looks at all stages: as JSON the same for all such commands, for people in its own lines. */
function forecastCommand(
  lines: (forecasts: readonly StageForecast[], costs: StageCosts | undefined) => readonly string[],
): ForecastCommand {
  return async (words, options, program, console, signal) => {
    const { forecasts, costs } = await forecastsOf(words, options, program, signal);
    const json = (forecast: StageForecast): object =>
      costs ? { ...planJson(forecast), cost: costs.get(forecast.name) ?? null } : planJson(forecast);
    if (options.json) console.out(JSON.stringify({ stages: forecasts.map(json) }, null, 2));
    else for (const line of lines(forecasts, costs)) console.out(line);
    return exitCodes.success;
  };
}

const marks: Readonly<Record<StageForecast['state'], string>> = { current: '=', runs: '>', waits: '…' };

async function forecastsOf(
  words: readonly string[],
  options: PlanOptions,
  program: Program,
  signal: AbortSignal,
): Promise<{ readonly forecasts: readonly StageForecast[]; readonly costs: StageCosts | undefined }> {
  const { plan, storeDirectory } = await loadPlan(words, program, options);
  const store = new Store(storeDirectory);
  const missing = await missingSources(plan, signal);
  if (missing.length > 0)
    throw new DiagnosticError(missing, new Map([[plan.file.source.file, plan.file.source.text]]));
  const forecasts = await examinePlan(plan, { store, host: localHost(plan.file.directory, store, signal) });
  await store.files.save();
  const costs = options.cost
    ? stageCosts(forecasts, new Predictions(await store.history.read(plan.file.name)))
    : undefined;
  return { forecasts, costs };
}

function explain(forecast: StageForecast): string {
  switch (forecast.state) {
    case 'current':
      return forecast.record.itemCount === undefined
        ? 'in the store'
        : `in the store, ${formatCount(forecast.record.itemCount, 'item')}`;
    case 'waits':
      return `waits for ${forecast.on.join(', ')}`;
    case 'runs': {
      const reasons = forecast.reasons.join('; ');
      if (!forecast.items) return reasons;
      const { total, reused } = forecast.items;
      return total === reused
        ? `${total === 1 ? 'the 1 item' : `all ${total} items`} reused, put together anew because ${reasons}`
        : `${reused} of ${formatCount(total, 'item')} reused, ${total - reused} new because ${reasons}`;
    }
  }
}

function planJson(forecast: StageForecast): object {
  if (forecast.state !== 'current') return forecast;
  const { record, ...rest } = forecast;
  const { outputs, metrics, finishedAt, tookMs, itemCount } = record;
  return { ...rest, outputs, metrics, finishedAt, tookMs, ...(itemCount === undefined ? {} : { itemCount }) };
}
