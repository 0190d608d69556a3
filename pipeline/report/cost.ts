import type { HistoryEntry, HistoryStage } from '../store/history.js';
import type { StageSummary } from './run-summary.js';

/** What a stage of the file, all its instances together, cost in a run and would have cost without the store. */
export interface StageCost {
  readonly stage: string;
  /** Items made in this run; null for a stage without items. */
  readonly itemsMade: number | null;
  readonly itemsReused: number | null;
  readonly cpuMs: number;
  readonly gpuMs: number;
  /** CPU time that reused results and items took when they were made. */
  readonly savedCpuMs: number;
  readonly savedGpuMs: number;
}

const nothing = { cpuMs: 0, gpuMs: 0 };

/**
 * The cost of a run by stage, in the order of the stages. What reuse saved is taken from when the same was last made,
 * for items from what one of them took on average.
 * @param history the earliest run first
 */
export function costOf(
  stages: Iterable<StageSummary>,
  history: readonly HistoryEntry[],
): readonly StageCost[] {
  const made = lastMade(history);
  const sums = new Map<string, StageCost>();
  for (const stage of stages) {
    const name = stage.name.replace(/\[.*$/, '');
    const held = stage.held ?? nothing;
    const saved = savedBy(stage, made.get(stage.name));
    const { items } = stage;
    const sum = sums.get(name);
    sums.set(name, {
      stage: name,
      itemsMade: items
        ? (sum?.itemsMade ?? 0) + items.total - items.reused - items.failed
        : (sum?.itemsMade ?? null),
      itemsReused: items ? (sum?.itemsReused ?? 0) + items.reused : (sum?.itemsReused ?? null),
      cpuMs: (sum?.cpuMs ?? 0) + held.cpuMs,
      gpuMs: (sum?.gpuMs ?? 0) + held.gpuMs,
      savedCpuMs: (sum?.savedCpuMs ?? 0) + saved.cpuMs,
      savedGpuMs: (sum?.savedGpuMs ?? 0) + saved.gpuMs,
    });
  }
  return [...sums.values()];
}

/** The last time that each stage did some work of its own, by name. */
function lastMade(history: readonly HistoryEntry[]): ReadonlyMap<string, HistoryStage> {
  const made = new Map<string, HistoryStage>();
  for (const { stages } of history)
    for (const stage of stages)
      if (stage.state === 'ran' && madeItems(stage) !== 0) made.set(stage.name, stage);
  return made;
}

/** How many items a stage made by itself; undefined for a stage without items. */
function madeItems({ items }: Pick<HistoryStage, 'items'>): number | undefined {
  return items && items.total - items.reused - items.failed;
}

function savedBy(
  { state, items, held }: StageSummary,
  made: HistoryStage | undefined,
): { readonly cpuMs: number; readonly gpuMs: number } {
  const own = items && items.total - items.reused - items.failed;
  if (state === 'ran') {
    if (!items || items.reused === 0) return nothing;
    const [from, count] = own ? [held, own] : [made?.held, made && madeItems(made)];
    return from && count ? scaled(from, items.reused / count) : nothing;
  }
  if (state !== 'cached' || !made?.held) return nothing;
  const count = madeItems(made);
  return items && count ? scaled(made.held, items.total / count) : made.held;
}

function scaled(held: { cpuMs: number; gpuMs: number }, factor: number): { cpuMs: number; gpuMs: number } {
  return { cpuMs: held.cpuMs * factor, gpuMs: held.gpuMs * factor };
}
