import { isDigest } from '../../core/digest.js';
import type { Snapshot, StageSnapshot } from '../../plan/explain.js';
import type { Plan } from '../../plan/plan.js';
import type { PastRun } from '../../report/past-run.js';
import type { ExaminedStage } from '../../run/examine.js';
import { inputOrigins } from '../../run/stage-state.js';
import type { CacheKey } from '../../store/key-parts.js';
import type { Store } from '../../store/store.js';
import { runHistory } from '../../report/run-history.js';

/** The stages of a plan now and in the runs before, to be compared with each other. */
export interface Moments {
  readonly plan: Plan;
  readonly store: Store;
  readonly examined: ReadonlyMap<string, ExaminedStage>;
  readonly now: Snapshot;
  /** The latest first. */
  readonly runs: readonly PastRun[];
}

export async function gatherMoments(
  plan: Plan,
  store: Store,
  examined: readonly ExaminedStage[],
): Promise<Moments> {
  const now = new Map<string, StageSnapshot>();
  for (const { stage, state } of examined)
    if (state)
      now.set(stage.name, {
        key: state.key,
        parts: state.parts,
        sourceNames: state.sources.names,
        origins: inputOrigins(stage),
      });
  const runs: PastRun[] = [];
  for await (const run of runHistory(store, plan.file.name)) runs.push(run);
  return { plan, store, examined: new Map(examined.map((each) => [each.stage.name, each])), now, runs };
}

/** The stages of a run as far as their results are still in the store. What is bound to them, the plan says now. */
export async function snapshotOf(run: PastRun, { plan, store }: Moments): Promise<Snapshot> {
  const stages = new Map<string, StageSnapshot>();
  for (const stage of plan.stages) {
    const key = run.stages.get(stage.name)?.key;
    const record = isDigest(key) ? await store.records.readStage(key) : undefined;
    if (record && isDigest(key))
      stages.set(stage.name, {
        key,
        parts: record.parts,
        sourceNames: record.sourceNames,
        origins: inputOrigins(stage),
      });
  }
  return stages;
}

/** The latest run, at or after a place in the history, in which a stage had this key. */
export function runWithKey(moments: Moments, stage: string, key: CacheKey): PastRun | undefined {
  return moments.runs.find((run) => run.stages.get(stage)?.key === key);
}

/** The stages of earlier runs that are of one kind, under whatever name, each key once, the latest first. */
export async function recordsOfKind(
  kind: string,
  except: CacheKey,
  { runs, store }: Moments,
): Promise<readonly { readonly run: PastRun; readonly stage: string; readonly snapshot: StageSnapshot }[]> {
  const seen = new Set<string>([except]);
  const found = [];
  for (const run of runs)
    for (const { name, kind: other, key } of run.stages.values()) {
      if (other !== kind || !isDigest(key) || seen.has(key)) continue;
      seen.add(key);
      const record = await store.records.readStage(key);
      if (!record) continue;
      const { parts, sourceNames } = record;
      found.push({ run, stage: name, snapshot: { key, parts, sourceNames, origins: {} } });
    }
  return found;
}
