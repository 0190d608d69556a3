import type { JsonValue } from '../core/json.js';
import { changesBetween, type KeyChange } from '../plan/changes.js';
import type { StageRecord } from '../store/records.js';
import type { RunRecords } from './run-records.js';
import type { RunSummary, StageSummary } from './run-summary.js';

/** A metric in two runs; undefined where a run has none of that name. */
export interface MetricChange {
  readonly metric: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** In what a stage differs between two runs. */
export interface StageDifference {
  readonly stage: string;
  readonly before: StageSummary['state'] | 'absent';
  readonly after: StageSummary['state'] | 'absent';
  /** True when both runs had the very same result. */
  readonly same: boolean;
  readonly changes: readonly KeyChange[];
  readonly metrics: readonly MetricChange[];
  /** What cannot be compared, and why. */
  readonly note?: string;
}

type ComparedRun = Pick<RunSummary, 'runId' | 'stages'>;

/** The parameters, inputs, source files and metrics in which two runs differ, for all stages of either. */
export async function runDifferences(
  before: ComparedRun,
  after: ComparedRun,
  records: RunRecords,
): Promise<readonly StageDifference[]> {
  const names = new Set([...before.stages.keys(), ...after.stages.keys()]);
  const stages: StageDifference[] = [];
  for (const name of names) stages.push(await differenceOf(name, before, after, records));
  return stages;
}

/** Whether nothing of a stage differs that anybody would look at. */
export function isSame({ same, metrics }: StageDifference): boolean {
  return same && metrics.length === 0;
}

/** Whether a result came of it, in the run or before it. */
export function isMade(state: StageDifference['before']): boolean {
  return state === 'ran' || state === 'cached';
}

async function differenceOf(
  stage: string,
  before: ComparedRun,
  after: ComparedRun,
  records: RunRecords,
): Promise<StageDifference> {
  const [was, is] = [before.stages.get(stage), after.stages.get(stage)];
  const [old, fresh] = [await records.of(was), await records.of(is)];
  const note = noteOf(was, before, old) ?? noteOf(is, after, fresh);
  const states = { before: was?.state ?? 'absent', after: is?.state ?? 'absent' } as const;
  return {
    stage,
    ...states,
    same:
      was !== undefined &&
      is !== undefined &&
      was.key === is.key &&
      isMade(states.before) === isMade(states.after),
    changes: old && fresh && old !== fresh ? changesBetween(old, fresh, {}) : [],
    metrics: was && is ? metricChanges(old?.metrics ?? was.metrics, fresh?.metrics ?? is.metrics) : [],
    ...(note === undefined ? {} : { note }),
  };
}

function metricChanges(
  before: Readonly<Record<string, JsonValue>>,
  after: Readonly<Record<string, JsonValue>>,
): MetricChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((metric) => before[metric] !== after[metric])
    .map((metric) => {
      const [was, is] = [before[metric], after[metric]];
      return {
        metric,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      };
    });
}

function noteOf(
  summary: StageSummary | undefined,
  run: ComparedRun,
  record?: StageRecord,
): string | undefined {
  if (!summary || record) return undefined;
  return isMade(summary.state)
    ? `its result of ${run.runId} is no longer in the store, so its parameters cannot be compared`
    : `it has no result of ${run.runId} (${summary.state}), so its parameters cannot be compared`;
}
