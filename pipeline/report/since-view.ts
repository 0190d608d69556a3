import type { MeasureChange } from './measure-changes.js';
import type { ReportedChanges } from './page-model.js';
import { formatMoment } from './quantities.js';
import { changeText } from './since-last-run.js';

/** Further changes are folded away. */
const changesShown = 8;
const movedShown = 3;

interface ToldChange extends MeasureChange {
  readonly text: string;
}

/** What is different from the last run, as the page shows it: first what came of it, then what was done. */
export function sinceView(since: ReportedChanges) {
  const told = since.measures.map((measure): ToldChange => ({ ...measure, text: changeText(measure) }));
  const still = told.filter(
    ({ change, interval }) => change === 0 && interval?.low === 0 && interval.high === 0,
  );
  return {
    runId: since.runId,
    started: formatMoment(since.startedAt),
    /** Beside the verdict: what moved by more than chance explains. */
    moved: told.filter(({ judgement }) => judgement !== 'same').slice(0, movedShown),
    told: told.filter((measure) => !still.includes(measure)),
    stillCount: still.length,
    measured: told.length,
    changes: since.changes.slice(0, changesShown),
    moreChanges: since.changes.slice(changesShown),
  };
}
