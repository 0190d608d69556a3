import { DiagnosticError } from '../core/diagnostic.js';
import { diskFailure } from '../core/disk-failure.js';
import { UserError } from '../core/user-error.js';
import type { RunOutcome } from '../events/event.js';
import { instanceFolder } from '../file/instance-name.js';
import { upstream } from '../plan/order-stages.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import type { CacheKey } from '../store/key-parts.js';
import { removeIncomingLeftovers } from '../store/leftovers.js';
import { removeViewLeftovers, showArtifacts } from '../store/view.js';
import { runMapStage } from './map-items.js';
import { discardWork, StageAttempt } from './stage-attempt.js';
import { reasonsToRun, stageState, type StageState } from './stage-state.js';
import type { World } from './world.js';

type StageEnd =
  | { readonly outputs: Readonly<Record<string, Artifact>> }
  | { readonly ended: 'failed' | 'interrupted' | 'blocked' };

/**
 * Runs a plan: each stage as soon as those it takes from are done. After a failure nothing new starts, but what
 * runs goes on to its end. Everything that happens is emitted.
 */
export async function runPlan(plan: Plan, world: World): Promise<RunOutcome> {
  const ends = new Map<string, Promise<StageEnd>>();
  const artifacts = new Map<string, Readonly<Record<string, Artifact>>>();
  const inProgress = new Map<CacheKey, Promise<unknown>>();
  let failedFirst: string | undefined;

  async function run(stage: PlannedStage): Promise<StageEnd> {
    for (const needed of upstream(stage.inputs)) {
      const end = await ends.get(needed);
      if (end && 'ended' in end && !world.signal.aborted) return blocked(stage, needed);
    }
    if (world.signal.aborted) return { ended: 'interrupted' };
    if (failedFirst !== undefined) return blocked(stage, failedFirst);
    const startedMs = Date.now();
    try {
      const outputs = await makeOrReuse(plan, stage, artifacts, inProgress, world);
      artifacts.set(stage.name, outputs);
      return { outputs };
    } catch (error) {
      const tookMs = Date.now() - startedMs;
      if (world.signal.aborted) {
        world.emit({ type: 'stage-interrupted', stage: stage.name, tookMs });
        return { ended: 'interrupted' };
      }
      failedFirst ??= stage.name;
      world.emit({
        type: 'stage-failed',
        stage: stage.name,
        tookMs,
        ...describeFailure(diskFailure(error, world.store.root)),
      });
      return { ended: 'failed' };
    }
  }

  function blocked(stage: PlannedStage, by: string): StageEnd {
    world.emit({ type: 'stage-blocked', stage: stage.name, by });
    return { ended: 'blocked' };
  }

  await removeIncomingLeftovers(world.store.root);
  await removeViewLeftovers(world.viewDirectory);
  for (const stage of plan.stages) ends.set(stage.name, run(stage));
  const all = await Promise.all(ends.values());
  if (world.signal.aborted) return 'interrupted';
  return all.some((end) => 'ended' in end) ? 'failed' : 'succeeded';
}

async function makeOrReuse(
  plan: Plan,
  stage: PlannedStage,
  artifacts: ReadonlyMap<string, Readonly<Record<string, Artifact>>>,
  inProgress: Map<CacheKey, Promise<unknown>>,
  world: World,
): Promise<Readonly<Record<string, Artifact>>> {
  let state = await stageState(plan.file, stage, artifacts, world);
  // Two stages with the same key are one: the second takes what the first makes.
  const twin = inProgress.get(state.key);
  if (twin && !state.record) {
    await twin;
    state = await stageState(plan.file, stage, artifacts, world);
  }
  let outputs = state.record?.outputs;
  if (!outputs) {
    const made = make(plan, state, world);
    inProgress.set(state.key, made);
    outputs = await made;
  }
  if (state.record) {
    world.emit({
      type: 'stage-reused',
      stage: stage.name,
      key: state.key,
      outputs,
      ...(state.record.itemCount === undefined ? {} : { itemCount: state.record.itemCount }),
    });
    await discardWork(world.store, state.key);
  }
  await world.store.setLatestKey(plan.file.name, stage.name, state.key);
  const readers = Object.entries(outputs).map(
    ([name, artifact]) => [name, world.store.open(artifact)] as const,
  );
  const folder = instanceFolder(stage.declared, stage.labels);
  await showArtifacts(world.viewDirectory, folder, Object.fromEntries(readers));
  return outputs;
}

async function make(
  plan: Plan,
  state: StageState,
  world: World,
): Promise<Readonly<Record<string, Artifact>>> {
  const { kind, name } = state.stage;
  world.emit({
    type: 'stage-started',
    stage: name,
    key: state.key,
    reasons: await reasonsToRun(plan.file, state, world),
  });
  const attempt = await StageAttempt.begin(state, world);
  let itemCount: number | undefined;
  if (kind.mode === 'map') itemCount = await runMapStage(kind, attempt);
  else await attempt.submit(1, () => kind.run(attempt.context()));
  world.signal.throwIfAborted();
  const record = await attempt.finish(itemCount);
  world.emit({
    type: 'stage-succeeded',
    stage: name,
    key: state.key,
    tookMs: record.tookMs,
    outputs: record.outputs,
    metrics: record.metrics,
    ...(itemCount === undefined ? {} : { itemCount }),
  });
  return record.outputs;
}

function describeFailure(error: unknown): { message: string; details: readonly string[]; hint?: string } {
  if (error instanceof UserError)
    return { message: error.message, details: error.details, ...(error.hint ? { hint: error.hint } : {}) };
  if (error instanceof DiagnosticError) return { message: error.message, details: [] };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [first = '', ...rest] = stack.split('\n');
  return { message: first, details: rest };
}
