import { changesBetween, nearestKey } from '../../plan/changes.js';
import { causesOf, type Cause, type StageSnapshot } from '../../plan/explain.js';
import type { PlannedStage } from '../../plan/plan.js';
import type { PastRun } from '../../report/past-run.js';
import type { StageOutcome } from '../../report/run-summary.js';
import { reasonsToRun, type StageState } from '../../run/stage-state.js';
import type { CacheKey } from '../../store/key-parts.js';
import { recordsOfKind, runWithKey, snapshotOf, type Moments } from './moments.js';

/** What somebody who asks about a stage gets to know. */
export interface StageAnswer {
  readonly stage: string;
  readonly kind: string;
  /** What a run would do with it now. */
  readonly state: 'current' | 'runs' | 'waits';
  /** When its result was made, where it is there. */
  readonly made?: { readonly finishedAt: string; readonly tookMs: number };
  /** Why it would run, where it would. */
  readonly because?: Comparison;
  /** Why those that it waits for run, or wait themselves. */
  readonly waitsFor?: readonly StageAnswer[];
  /** The run that made its present result; without one that is known, the latest in which it did run. */
  readonly lastRun?: LastRun;
}

/** A key against the nearest earlier one. */
export interface Comparison {
  /** In words, where there is nothing to compare with; otherwise the causes say it. */
  readonly reasons: readonly string[];
  readonly causes: readonly Cause[];
  /** What it was compared with. */
  readonly with?: { readonly stage: string; readonly run?: string };
}

export interface LastRun {
  readonly run: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly state: StageOutcome;
  readonly because: Comparison;
  /** In how many runs since then the result came out of the store. */
  readonly reusedSince: number;
}

/** Why a stage runs, waits or does not run now, and why it ran when it last did. */
export async function answerForStage(stage: PlannedStage, moments: Moments): Promise<StageAnswer> {
  const present = await presentOf(stage, moments, new Set());
  const made = present.state === 'current' ? moments.now.get(stage.name)?.key : undefined;
  return { ...present, ...(await lastRunOf(stage.name, made, moments)) };
}

async function presentOf(
  stage: PlannedStage,
  moments: Moments,
  told: Set<string>,
): Promise<Omit<StageAnswer, 'lastRun'>> {
  const examined = moments.examined.get(stage.name);
  const identity = { stage: stage.name, kind: stage.kind.kind };
  told.add(stage.name);
  if (!examined?.state) {
    const waitsFor: StageAnswer[] = [];
    for (const name of examined?.on ?? []) {
      const needed = moments.examined.get(name)?.stage;
      if (needed && !told.has(name)) waitsFor.push(await presentOf(needed, moments, told));
    }
    return { ...identity, state: 'waits', waitsFor };
  }
  const { record } = examined.state;
  if (record) {
    const { finishedAt, tookMs } = record;
    return { ...identity, state: 'current', made: { finishedAt, tookMs } };
  }
  return { ...identity, state: 'runs', because: await comparisonNow(examined.state, moments) };
}

async function comparisonNow(state: StageState, moments: Moments): Promise<Comparison> {
  const { name, kind } = state.stage;
  const present = moments.now.get(name);
  const reasons = await reasonsToRun(moments.plan.file, state, moments);
  const key = await moments.store.latestKey(moments.plan.file.name, name);
  if (!present || key === state.key) return { reasons, causes: [] };
  const record = key === undefined ? undefined : await moments.store.records.readStage(key);
  if (key !== undefined && record) {
    const run = runWithKey(moments, name, key);
    const earlier = run ? await snapshotOf(run, moments) : new Map<string, StageSnapshot>();
    const before = { key, parts: record.parts, sourceNames: record.sourceNames, origins: present.origins };
    return {
      reasons,
      causes: causesOf(present, before, earlier, moments.now),
      with: { stage: name, ...(run ? { run: run.runId } : {}) },
    };
  }
  const candidates = await recordsOfKind(kind.kind, state.key, moments);
  const near = nearestKey(candidates, ({ snapshot }) => changesBetween(snapshot, present, present.origins));
  if (!near) return { reasons, causes: [] };
  const { run, stage, snapshot } = near.nearest;
  return {
    reasons,
    causes: causesOf(present, snapshot, await snapshotOf(run, moments), moments.now),
    with: { stage, run: run.runId },
  };
}

async function lastRunOf(
  stage: string,
  made: CacheKey | undefined,
  moments: Moments,
): Promise<{ readonly lastRun?: LastRun }> {
  const { runs } = moments;
  const began = (run: PastRun): boolean => (run.stages.get(stage)?.reasons.length ?? 0) > 0;
  const making = runs.findIndex((run) => began(run) && run.stages.get(stage)?.key === made);
  const index = making >= 0 ? making : runs.findIndex(began);
  const run = runs[index];
  const summary = run?.stages.get(stage);
  if (!run || !summary) return {};
  const reuses = ({ stages }: PastRun): boolean =>
    stages.get(stage)?.state === 'cached' && stages.get(stage)?.key === summary.key;
  const reusedSince = runs.slice(0, index).filter(reuses).length;
  const comparison = await comparisonThen(stage, run, runs.slice(index + 1), moments);
  return {
    lastRun: {
      run: run.runId,
      startedAt: new Date(run.startedMs).toISOString(),
      state: summary.state,
      because: { reasons: summary.reasons, ...comparison },
      reusedSince,
    },
  };
}

/** What differed between a run and the latest one before it that had another result of the stage. */
async function comparisonThen(
  stage: string,
  run: PastRun,
  before: readonly PastRun[],
  moments: Moments,
): Promise<Omit<Comparison, 'reasons'>> {
  const then = await snapshotOf(run, moments);
  const present = then.get(stage);
  if (!present) return { causes: [] };
  for (const earlier of before) {
    const { key, state } = earlier.stages.get(stage) ?? {};
    if (key === undefined || (state !== 'ran' && state !== 'cached')) continue;
    // It was there and was lost since: no part of the key differs, and the run's own reasons say so.
    if (key === present.key) return { causes: [] };
    const snapshot = await snapshotOf(earlier, moments);
    const was = snapshot.get(stage);
    if (!was) return { causes: [] };
    return { causes: causesOf(present, was, snapshot, then), with: { stage, run: earlier.runId } };
  }
  return { causes: [] };
}
