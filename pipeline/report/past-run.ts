import type { RunEvent, RunOutcome } from '../events/event.js';
import { RunSummaryGatherer, type RunSummary } from './run-summary.js';

/** A run as its journal tells it. */
export interface PastRun extends Omit<RunSummary, 'outcome'> {
  /** `killed` when the journal has no end: the run was cut off, or it still goes on. */
  readonly outcome: RunOutcome | 'killed';
}

/** @returns undefined when the journal does not even say that a run began */
export function pastRun(events: readonly RunEvent[]): PastRun | undefined {
  const gatherer = new RunSummaryGatherer();
  for (const event of events) gatherer.on(event);
  const { summary } = gatherer;
  if (summary.runId === '') return undefined;
  if (events.at(-1)?.type === 'run-finished') return summary;
  for (const stage of summary.stages.values())
    if (stage.state === 'skipped' && stage.key !== undefined) stage.state = 'interrupted';
  const lastMs = events.at(-1)?.atMs ?? summary.startedMs;
  return { ...summary, outcome: 'killed', tookMs: lastMs - summary.startedMs };
}

/**
 * The runs that a person means by a word: `last`, `last~1` (the one before), an id, or the beginning of one.
 * @param ids the latest first
 */
export function matchingRuns(word: string, ids: readonly string[]): readonly string[] {
  const back = /^last(?:~(\d+))?$/.exec(word);
  if (back) return ids.slice(Number(back[1] ?? 0)).slice(0, 1);
  return ids.includes(word) ? [word] : ids.filter((id) => word !== '' && id.startsWith(word));
}
