import type { JsonValue } from '../core/json.js';
import { changeInFull } from '../plan/reasons.js';
import { formatTogether } from './quantities.js';
import { isMade, type MetricChange, type StageDifference } from './run-differences.js';

/** In what a stage differs between two runs, for people: the stage in the first row, a difference a row. */
export function differenceRows(difference: StageDifference): string[][] {
  const { stage, before, after, changes, metrics, note } = difference;
  const lines = changes.map((change) => changeInFull(change));
  if (isMade(before) !== isMade(after) || before === 'absent' || after === 'absent')
    lines.unshift(`${before} → ${after}`);
  if (note !== undefined) lines.push(note);
  for (const metric of metrics) lines.push(metricLine(metric));
  return lines.map((line, index) => [index === 0 ? stage : '', line]);
}

/** `AP50: 0.500 → 0.571 (+0.071)` */
function metricLine({ metric, before, after }: MetricChange): string {
  if (typeof before !== 'number' || typeof after !== 'number')
    return `${metric}: ${show(before)} → ${show(after)}`;
  const [from = '', to = '', by = ''] = formatTogether([before, after, after - before]);
  return `${metric}: ${from} → ${to} (${after > before ? '+' : ''}${by})`;
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? '(absent)' : JSON.stringify(value);
}
