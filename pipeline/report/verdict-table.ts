import type { Cell, VerdictExhibit } from '../stage/exhibit.js';
import { formatDuration } from './quantities.js';

interface TimedStage {
  readonly name: string;
  readonly kind: string;
  readonly needs: readonly string[];
  /** When its result was made, in this run or in an earlier one. */
  readonly recordedMs: number;
}

/**
 * A verdict's table with the column of times that it asks for: how long the stages of certain kinds took that a row
 * stands on, itself or through others, for each of the row's stages.
 */
export function verdictTable(
  verdict: VerdictExhibit,
  stages: readonly TimedStage[],
): { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  const { columns, rows, timed } = verdict;
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const isKnown = rows.some((row) => row.stages.some((name) => (byName.get(name)?.needs.length ?? 0) > 0));
  // Journals of before do not say what takes from what.
  if (!timed || !isKnown) return { columns, rows: rows.map(({ cells }) => cells) };
  return {
    columns: [...columns, timed.column],
    rows: rows.map((row) => {
      const tookMs = row.stages.reduce(
        (sum, name) => sum + timeBehind(name, byName, new Set(timed.kinds)),
        0,
      );
      return [...row.cells, formatDuration(tookMs / Math.max(1, row.stages.length))];
    }),
  };
}

function timeBehind(
  name: string,
  byName: ReadonlyMap<string, TimedStage>,
  kinds: ReadonlySet<string>,
): number {
  const seen = new Set<string>();
  const open = [name];
  let tookMs = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const stage = byName.get(next);
    if (!stage || seen.has(next)) continue;
    seen.add(next);
    if (kinds.has(stage.kind)) tookMs += stage.recordedMs;
    open.push(...stage.needs);
  }
  return tookMs;
}
