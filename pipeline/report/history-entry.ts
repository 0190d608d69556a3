import type { HistoryEntry } from '../store/history.js';
import type { RunMeasure } from './measures.js';
import type { RunRecords } from './run-records.js';
import type { RunSummary } from './run-summary.js';

/** What the store is to remember of a run. Metrics of results that came out of the store are in it, too. */
export async function historyEntry(
  summary: RunSummary,
  measures: ReadonlyMap<string, RunMeasure>,
  records: RunRecords,
): Promise<HistoryEntry> {
  const { runId, pipeline, startedMs, tookMs, outcome } = summary;
  const stages: HistoryEntry['stages'] = [];
  for (const stage of summary.stages.values()) {
    const record = await records.of(stage);
    const { name, kind, state, key, held, items } = stage;
    const own = [...measures.values()].filter((measure) => measure.stage === name);
    stages.push({
      name,
      kind,
      state,
      ...(key === undefined ? {} : { key }),
      tookMs: stage.tookMs,
      ...(held ? { held } : {}),
      ...(items ? { items: { ...items } } : {}),
      sizeBytes: Object.values(stage.outputs).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      metrics: { ...record?.metrics },
      intervals: Object.fromEntries(
        own.map((measure) => [measure.name, { low: measure.low, high: measure.high }]),
      ),
    });
  }
  return { version: 1, runId, pipeline, startedMs, tookMs, outcome, stages };
}
