import { formatBytes, formatCount, formatDuration } from '../report/quantities.js';
import type { StageForecast } from '../run/examine.js';
import type { Prediction, Predictions } from '../run/predictions.js';

/** What the stages that would run are expected to take, by name; none for those that nothing is known of. */
export type StageCosts = ReadonlyMap<string, Prediction>;

const unknownMark = '?';
const guessMark = '~';

/** Predicts all that would be made. Of a stage that waits for others, it is not known yet how much of it is there. */
export function stageCosts(forecasts: readonly StageForecast[], predictions: Predictions): StageCosts {
  const costs = new Map<string, Prediction>();
  for (const forecast of forecasts) {
    if (forecast.state === 'current') continue;
    const { name, kind } = forecast;
    const items = forecast.state === 'runs' ? forecast.items : undefined;
    const cost = predictions.of({
      name,
      kind,
      ...(items ? { itemsToMake: items.total - items.reused } : {}),
    });
    if (cost) costs.set(name, cost);
  }
  return costs;
}

/** Time and disk of a stage, for a line of the plan; `~` before what other stages took, not this one. */
export function costCells({ name, state }: StageForecast, costs: StageCosts): readonly string[] {
  if (state === 'current') return ['', ''];
  const cost = costs.get(name);
  if (!cost) return [unknownMark, unknownMark];
  const mark = cost.from === 'itself' ? '' : guessMark;
  return [`${mark}${formatDuration(cost.tookMs)}`, `${mark}${formatBytes(cost.sizeBytes)}`];
}

/** What all of it comes to, and how sure that is. */
export function costSums(forecasts: readonly StageForecast[], costs: StageCosts): readonly string[] {
  const made = forecasts.filter(({ state }) => state !== 'current');
  if (made.length === 0) return [];
  const known = [...costs.values()];
  const sum = (value: (cost: Prediction) => number): number =>
    known.reduce((total, cost) => total + value(cost), 0);
  const unknown = made.length - known.length;
  return [
    `About ${formatDuration(sum(({ tookMs }) => tookMs))} one after the other, and ${formatBytes(sum(({ sizeBytes }) => sizeBytes))} of results, by what earlier runs took.`,
    ...(known.some(({ from }) => from !== 'itself')
      ? [`${guessMark} is what others of the same stage or kind took.`]
      : []),
    ...(unknown > 0
      ? [`${unknownMark}: of ${formatCount(unknown, 'stage')} nothing of the kind was ever made here.`]
      : []),
  ];
}
