import { isDigest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { changesBetween, type KeyChange } from '../plan/changes.js';
import { changeInFull } from '../plan/reasons.js';
import type { PastRun } from '../report/past-run.js';
import { formatTogether } from '../report/quantities.js';
import type { StageSummary } from '../report/run-summary.js';
import type { StageRecord } from '../store/records.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadFile, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { findRun } from './run-history.js';
import { tableLines } from './table.js';

/** A metric in two runs; undefined where a run has none of that name. */
interface MetricChange {
  readonly metric: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

interface StageDifference {
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

/** `pipeline diff [FILE] RUN RUN`: the parameters, inputs, source files and metrics in which two runs differ. */
export async function diffCommand(
  words: readonly string[],
  runs: readonly [before: string, after: string],
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const { file, storeDirectory } = await loadFile(words, program, options);
  const store = new Store(storeDirectory);
  const before = await findRun(runs[0], store, file.name);
  const after = await findRun(runs[1], store, file.name);
  const names = new Set([...before.stages.keys(), ...after.stages.keys()]);
  const stages: StageDifference[] = [];
  for (const name of names) stages.push(await differenceOf(name, before, after, store));
  if (options.json) {
    const identity = ({ runId, outcome }: PastRun): object => ({ run: runId, outcome });
    console.out(JSON.stringify({ before: identity(before), after: identity(after), stages }, null, 2));
    return exitCodes.success;
  }
  console.out(`${before.runId} (${before.outcome}) → ${after.runId} (${after.outcome})`);
  const differing = stages.filter((stage) => !isSame(stage));
  for (const line of tableLines(differing.flatMap(rows))) console.out(line);
  const alike = stages.filter(isSame).map(({ stage }) => stage);
  if (differing.length === 0) console.out('They have the same results.');
  else if (alike.length > 0) console.out(`The same in both: ${alike.join(', ')}.`);
  return exitCodes.success;
}

function isSame({ same, metrics }: StageDifference): boolean {
  return same && metrics.length === 0;
}

function rows(difference: StageDifference): string[][] {
  const { stage, before, after, changes, metrics, note } = difference;
  const lines = changes.map((change) => changeInFull(change));
  if (made(before) !== made(after) || before === 'absent' || after === 'absent')
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

/** Whether a result came of it, in the run or before it. */
function made(state: StageDifference['before']): boolean {
  return state === 'ran' || state === 'cached';
}

async function differenceOf(
  stage: string,
  before: PastRun,
  after: PastRun,
  store: Store,
): Promise<StageDifference> {
  const [was, is] = [before.stages.get(stage), after.stages.get(stage)];
  const [old, fresh] = [await recordOf(was, store), await recordOf(is, store)];
  const note = noteOf(was, before, old) ?? noteOf(is, after, fresh);
  const states = { before: was?.state ?? 'absent', after: is?.state ?? 'absent' } as const;
  return {
    stage,
    ...states,
    same:
      was !== undefined &&
      is !== undefined &&
      was.key === is.key &&
      made(states.before) === made(states.after),
    changes: old && fresh ? changesBetween(old, fresh, {}) : [],
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

function noteOf(summary: StageSummary | undefined, run: PastRun, record?: StageRecord): string | undefined {
  if (!summary || record) return undefined;
  return made(summary.state)
    ? `its result of ${run.runId} is no longer in the store, so its parameters cannot be compared`
    : `it has no result of ${run.runId} (${summary.state}), so its parameters cannot be compared`;
}

async function recordOf(summary: StageSummary | undefined, store: Store): Promise<StageRecord | undefined> {
  return summary && isDigest(summary.key) ? store.records.readStage(summary.key) : undefined;
}
