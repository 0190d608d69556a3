import { setMaxListeners } from 'node:events';
import { DiagnosticError } from '../core/diagnostic.js';
import { diskFailure } from '../core/disk-failure.js';
import { UserError } from '../core/user-error.js';
import type { RunOutcome } from '../events/event.js';
import { stageLogPath } from '../events/journal.js';
import { upstream } from '../plan/order-stages.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import type { CacheKey } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import { removeIncomingLeftovers } from '../store/leftovers.js';
import { removeViewLeftovers } from '../store/view/leftovers.js';
import { LeftOutError, withoutInputs } from './budget.js';
import { CancelledStageError } from './cancellations.js';
import { makeStage } from './make-stage.js';
import { AwayResults } from './away-results.js';
import { SentResults } from './sent-results.js';
import { discardWork } from './stage-attempt.js';
import { stageState, type StageState } from './stage-state.js';
import { UnendedWorkError } from './unended-work.js';
import { hideOtherResult, retireStaleViews, showStage } from './views.js';
import type { World } from './world.js';

type StageEnd =
  | { readonly outputs: Readonly<Record<string, Artifact>> }
  | { readonly ended: 'failed' | 'interrupted' | 'blocked' | 'left-out' };

/**
 * Runs a plan: each stage as soon as those it takes from are done. After a failure nothing new starts, but what
 * runs goes on to its end; where the run or the failed stage says so, so does all that needs no failed stage.
 * Everything that happens is emitted.
 */
export async function runPlan(plan: Plan, outer: World): Promise<RunOutcome> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer.signal, stop.signal]);
  setMaxListeners(0, outer.signal, signal);
  const logged = new Set<string>();
  const world: World = {
    ...outer,
    signal,
    emit: (event) => {
      if (event.type === 'stage-log') logged.add(event.stage);
      outer.emit(event);
    },
  };
  const ends = new Map<string, Promise<StageEnd>>();
  const artifacts = new Map<string, Readonly<Record<string, Artifact>>>();
  const sent = new SentResults(world);
  const makeHere = (stage: PlannedStage): Promise<Readonly<Record<string, Artifact>>> =>
    makeOrReuse(stage, results);
  const away = new AwayResults(plan, world, makeHere);
  const results: Results = { plan, world, artifacts, failures: new Map(), away, sent };
  let failedFirst: string | undefined;

  async function run(stage: PlannedStage): Promise<StageEnd> {
    const missing = new Set<string>();
    for (const needed of upstream(stage.inputs)) {
      const end = await ends.get(needed);
      if (!end || !('ended' in end) || world.signal.aborted) continue;
      if (end.ended !== 'left-out') return blocked(stage, needed);
      missing.add(needed);
    }
    if (world.signal.aborted) return { ended: 'interrupted' };
    if (failedFirst !== undefined) return blocked(stage, failedFirst);
    const stageHere = withoutInputs(stage, missing);
    if (!stageHere) return leftOut(stage, `it needs ${[...missing].join(', ')}`);
    const startedMs = Date.now();
    try {
      const outputs = await makeOrReuse(stageHere, results);
      artifacts.set(stage.name, outputs);
      return { outputs };
    } catch (error) {
      if (error instanceof LeftOutError) return leftOut(stage, error.message);
      const tookMs = Date.now() - startedMs;
      const unended = error instanceof UnendedWorkError;
      if (unended && outer.signal.aborted)
        world.emit({ type: 'stage-warning', stage: stage.name, message: error.message });
      if (outer.signal.aborted || (world.signal.aborted && !unended)) {
        world.emit({ type: 'stage-interrupted', stage: stage.name, tookMs });
        return { ended: 'interrupted' };
      }
      const cancelled = error instanceof CancelledStageError;
      if (unended || (!cancelled && !world.keepGoing && stage.policy.onFailure === 'stop'))
        failedFirst ??= stage.name;
      // The others end, too: the process has to, and what it holds of the machine does not come back before.
      if (unended) stop.abort(new Error(`The run ends, because ${stage.name} does not.`));
      world.emit({
        type: 'stage-failed',
        stage: stage.name,
        tookMs,
        ...(cancelled
          ? { message: error.message, details: [] }
          : describeFailure(diskFailure(error, world.store.root))),
        ...(logged.has(stage.name) ? { logFile: stageLogPath(world.runDirectory, stage.name) } : {}),
      });
      return { ended: 'failed' };
    }
  }

  function blocked(stage: PlannedStage, by: string): StageEnd {
    world.emit({ type: 'stage-blocked', stage: stage.name, by });
    return { ended: 'blocked' };
  }

  function leftOut(stage: PlannedStage, why: string): StageEnd {
    world.emit({ type: 'stage-left-out', stage: stage.name, why });
    return { ended: 'left-out' };
  }

  await removeIncomingLeftovers(world.store.root);
  await removeViewLeftovers(world.viewDirectory);
  await retireStaleViews(plan, world);
  for (const stage of plan.stages) ends.set(stage.name, run(stage));
  const all = await Promise.all(ends.values());
  await sent.end();
  if (outer.signal.aborted) return 'interrupted';
  return all.some((end) => 'ended' in end && end.ended !== 'left-out') ? 'failed' : 'succeeded';
}

/** What the stages of a run know of each other's results. */
interface Results {
  readonly plan: Plan;
  readonly world: World;
  readonly artifacts: Map<string, Readonly<Record<string, Artifact>>>;
  readonly failures: Map<CacheKey, unknown>;
  readonly away: AwayResults;
  readonly sent: SentResults;
}

async function makeOrReuse(
  stage: PlannedStage,
  results: Results,
): Promise<Readonly<Record<string, Artifact>>> {
  const { plan, world, artifacts, failures, away, sent } = results;
  for (;;) {
    const state = await stageState(plan.file, stage, artifacts, world);
    if (state.record && state.isAway) {
      if (away.mayStayAway(stage)) {
        away.leave(state);
        const { outputs } = state.record;
        emitReused(state, state.record, true, world);
        await world.store.setLatestKey(plan.file.name, stage.name, state.key);
        await hideOtherResult(stage, outputs, world);
        return outputs;
      }
      if (!(await away.fetch(state))) continue;
    }
    if (!state.record) {
      const changed = await away.bringInputs(stage, artifacts);
      for (const [name, outputs] of changed) artifacts.set(name, outputs);
      // With other inputs it is another result, which may be there.
      if (changed.size > 0) continue;
    }
    const { record, made } = state.record
      ? { record: state.record, made: false }
      : await makeStage(plan, state, failures, world);
    const { outputs } = record;
    if (made) sent.send(state.key);
    else {
      emitReused(state, record, false, world);
      await discardWork(world.store, state.key);
    }
    await world.store.setLatestKey(plan.file.name, stage.name, state.key);
    await showStage(plan.file, stage, outputs, world);
    return outputs;
  }
}

function emitReused(
  { stage, key }: StageState,
  { outputs, itemCount }: StageRecord,
  staysAway: boolean,
  world: World,
): void {
  world.emit({
    type: 'stage-reused',
    stage: stage.name,
    key,
    outputs,
    ...(itemCount === undefined ? {} : { itemCount }),
    ...(staysAway ? { away: true } : {}),
  });
}

function describeFailure(error: unknown): { message: string; details: readonly string[]; hint?: string } {
  if (error instanceof UserError)
    return { message: error.message, details: error.details, ...(error.hint ? { hint: error.hint } : {}) };
  if (error instanceof DiagnosticError) return { message: error.message, details: [] };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [first = '', ...rest] = stack.split('\n');
  return { message: first, details: rest };
}
