import { upstream } from '../plan/order-stages.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import type { StageRecord } from '../store/records.js';
import { itemsInCache } from './fetch-items.js';
import { lookUpItems } from './keyed-items.js';
import { reasonsToRun, stageState, type StageState } from './stage-state.js';
import type { World } from './world.js';

/** What a run would do with a stage. */
export type StageForecast = { readonly name: string; readonly kind: string } & (
  | { readonly state: 'current'; readonly record: StageRecord }
  | {
      readonly state: 'runs';
      readonly reasons: readonly string[];
      readonly items?: { readonly total: number; readonly reused: number };
    }
  | { readonly state: 'waits'; readonly on: readonly string[] }
);

/** Looks at every stage as a run would, without doing anything: which results are there, what runs and why. */
export async function examinePlan(
  plan: Plan,
  world: Pick<World, 'store' | 'host'>,
): Promise<readonly StageForecast[]> {
  const forecasts: StageForecast[] = [];
  for await (const { stage, state, on } of examineStages(plan, world)) {
    const identity = { name: stage.name, kind: stage.kind.kind };
    if (!state) {
      forecasts.push({ ...identity, state: 'waits', on });
      continue;
    }
    if (state.record) {
      forecasts.push({ ...identity, state: 'current', record: state.record });
      continue;
    }
    const reasons = await reasonsToRun(plan.file, state, world);
    if (stage.kind.mode !== 'map') {
      forecasts.push({ ...identity, state: 'runs', reasons });
      continue;
    }
    const items = await lookUpItems(stage.kind, state, world.store);
    const fetched = await itemsInCache(items, world.store);
    const reused = items.filter(({ result, key }) => result ?? fetched.has(key)).length;
    forecasts.push({ ...identity, state: 'runs', reasons, items: { total: items.length, reused } });
  }
  return forecasts;
}

/** A stage with its state, or with the stages that have to be made before anything can be said of it. */
export interface ExaminedStage {
  readonly stage: PlannedStage;
  readonly state: StageState | undefined;
  readonly on: readonly string[];
}

/** The stages of a plan in its order, each with what the store has of it. */
export async function* examineStages(
  plan: Plan,
  world: Pick<World, 'store' | 'host'>,
): AsyncIterable<ExaminedStage> {
  const artifacts = new Map<string, Readonly<Record<string, Artifact>>>();
  for (const stage of plan.stages) {
    const on = upstream(stage.inputs).filter((name) => !artifacts.has(name));
    const state = on.length === 0 ? await stageState(plan.file, stage, artifacts, world) : undefined;
    if (state?.record) artifacts.set(stage.name, state.record.outputs);
    yield { stage, state, on };
  }
}
