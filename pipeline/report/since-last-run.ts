import type { KeyChange } from '../plan/changes.js';
import { changeInFull } from '../plan/reasons.js';
import type { ReportedChanges } from './page-model.js';
import type { PastRun } from './past-run.js';
import { measureChanges, type MeasureChange } from './measure-changes.js';
import type { RunMeasure } from './measures.js';
import { isMade, runDifferences, type StageDifference } from './run-differences.js';
import type { RunRecords } from './run-records.js';
import type { RunSummary } from './run-summary.js';
import { shortList } from './warning-view.js';

/** More source files of a role that changed are counted. */
const namedFiles = 3;

/**
 * What changed between two runs of a pipeline: first what somebody did (parameters, source files, tools, code), not
 * what follows from it in later stages, and then what became of the measures.
 */
export async function sinceLastRun(
  before: PastRun,
  after: RunSummary,
  measures: {
    readonly before: ReadonlyMap<string, RunMeasure>;
    readonly after: ReadonlyMap<string, RunMeasure>;
  },
  records: RunRecords,
): Promise<ReportedChanges> {
  const differences = await runDifferences(before, after, records);
  return {
    runId: before.runId,
    startedAt: new Date(before.startedMs).toISOString(),
    changes: groupedChanges(differences),
    measures: measureChanges(measures.before, measures.after),
  };
}

/** `AP50 +0.021 [+0.004, +0.038]`; without an interval where the two were tested on other data. */
export function changeText({ name, change, interval }: MeasureChange): string {
  const range = interval ? ` [${signed(interval.low)}, ${signed(interval.high)}]` : ' (on other test data)';
  return `${name} ${signed(change)}${range}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** What was changed by hand, with the stages that it was changed in: the same change of many instances stands once. */
function groupedChanges(differences: readonly StageDifference[]): ReportedChanges['changes'] {
  const stages = new Map<string, string[]>();
  for (const difference of differences)
    for (const line of ownChanges(difference)) {
      const list = stages.get(line) ?? [];
      stages.set(line, [...list, difference.stage]);
    }
  return [...stages].map(([text, names]) => ({ text, stages: shortList(names) }));
}

function ownChanges({ before, after, changes, note, same }: StageDifference): readonly string[] {
  if (before === 'absent') return ['is new in the file'];
  if (after === 'absent') return ['is no longer in the file'];
  const own = changes.filter(({ part }) => part !== 'inputs' && part !== 'names');
  const lines = fewerFiles(own);
  if (isMade(before) !== isMade(after)) lines.unshift(`${before} → ${after}`);
  else if (note !== undefined && !same) lines.push(note);
  return lines;
}

/** A line a change; of many source files of one role, how many there are. */
function fewerFiles(changes: readonly KeyChange[]): string[] {
  const byRole = new Map<string, string[]>();
  const lines: string[] = [];
  for (const change of changes)
    if (change.part === 'sources')
      byRole.set(change.role, [...(byRole.get(change.role) ?? []), changeInFull(change)]);
    else lines.push(changeInFull(change));
  for (const [role, files] of byRole)
    if (files.length <= namedFiles) lines.push(...files);
    else lines.push(`${files.length} files of ${role} changed, the first: ${files[0] ?? ''}`);
  return lines;
}
