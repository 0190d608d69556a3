import { upstream } from '../plan/order-stages.js';
import type { Plan } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import type { StageRecord } from '../store/records.js';
import { lookUpItems } from './map-items.js';
import { reasonsToRun, stageState } from './stage-state.js';
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
  const artifacts = new Map<string, Readonly<Record<string, Artifact>>>();
  const forecasts: StageForecast[] = [];
  for (const stage of plan.stages) {
    const identity = { name: stage.name, kind: stage.kind.kind };
    const on = upstream(stage.inputs).filter((name) => !artifacts.has(name));
    if (on.length > 0) {
      forecasts.push({ ...identity, state: 'waits', on });
      continue;
    }
    const state = await stageState(plan.file, stage, artifacts, world);
    if (state.record) {
      artifacts.set(stage.name, state.record.outputs);
      forecasts.push({ ...identity, state: 'current', record: state.record });
      continue;
    }
    const reasons = await reasonsToRun(plan.file, state, world);
    if (stage.kind.mode !== 'map') {
      forecasts.push({ ...identity, state: 'runs', reasons });
      continue;
    }
    const items = await lookUpItems(stage.kind, state, world.store);
    const reused = items.filter(({ result }) => result).length;
    forecasts.push({ ...identity, state: 'runs', reasons, items: { total: items.length, reused } });
  }
  return forecasts;
}
