import { setTimeout } from 'node:timers/promises';
import type { Plan } from '../plan/plan.js';
import type { StagePolicy } from '../plan/stage-policy.js';
import type { CacheKey } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import { LeftOutError } from './budget.js';
import { CancelledStageError } from './cancellations.js';
import { farmOf, runOnFarm } from './farm-stage.js';
import { runMapStage } from './map-items.js';
import { StageAttempt } from './stage-attempt.js';
import { reasonsToRun, type StageState } from './stage-state.js';
import { runWholeStage } from './whole-stage.js';
import { UnendedWorkError } from './unended-work.js';
import type { World } from './world.js';

const longestBackoffMs = 600_000;

/**
 * Makes a stage that the store does not have, unless another stage or run does so already: then waits for it.
 * @param failures what came of the keys that failed in this run: equal stages fail once
 * @returns its record, and whether it was made here
 */
export async function makeStage(
  plan: Plan,
  state: StageState,
  failures: Map<CacheKey, unknown>,
  world: World,
): Promise<{ readonly record: StageRecord; readonly made: boolean }> {
  const stage = state.stage.name;
  const lock = `stage-${state.key}`;
  await world.locks.acquire(lock, world.signal, ({ runId, host, pid }) => {
    const sameRun = runId === world.locks.self.runId;
    world.emit({ type: 'stage-waits', stage, owner: { runId, host, pid }, sameRun });
  });
  try {
    const record = await world.store.records.readStage(state.key);
    if (record) return { record, made: false };
    if (failures.has(state.key)) throw failures.get(state.key);
    return { record: await make(plan, state, world), made: true };
  } catch (error) {
    failures.set(state.key, error);
    throw error;
  } finally {
    await world.locks.release(lock);
  }
}

async function make(plan: Plan, state: StageState, world: World): Promise<StageRecord> {
  const stage = state.stage.name;
  world.budget?.admit(state.stage);
  const reasons = await reasonsToRun(plan.file, state, world);
  world.emit({ type: 'stage-started', stage, key: state.key, reasons });
  const { attempt, itemCount, outputs } = await workWithRetries(state, world);
  const record = await attempt.finish(itemCount, outputs);
  world.budget?.made(state.stage, record);
  world.emit({
    type: 'stage-succeeded',
    stage,
    key: state.key,
    tookMs: record.tookMs,
    ...(record.held ? { held: record.held } : {}),
    outputs: record.outputs,
    metrics: record.metrics,
    ...(itemCount === undefined ? {} : { itemCount }),
  });
  return record;
}

interface DoneWork {
  readonly attempt: StageAttempt;
  /** Of a map stage. */
  readonly itemCount?: number | undefined;
  /** Of a stage that was made elsewhere: they are in the store. */
  readonly outputs?: StageRecord['outputs'];
}

/** Tries as often as the stage's policy says, longer and longer apart. Items that were made stay made. */
async function workWithRetries(state: StageState, world: World): Promise<DoneWork> {
  const { name, policy } = state.stage;
  for (let number = 1; ; number++) {
    try {
      return await work(state, world, number);
    } catch (error) {
      if (world.signal.aborted || number > policy.retries || isFinal(error)) throw error;
      const waitMs = backoffMs(policy, number);
      world.emit({
        type: 'stage-retried',
        stage: name,
        attempt: number + 1,
        attempts: policy.retries + 1,
        waitMs,
        message: error instanceof Error ? error.message : String(error),
      });
      await setTimeout(waitMs, undefined, { signal: world.signal });
    }
  }
}

async function work(state: StageState, world: World, number: number): Promise<DoneWork> {
  const { kind } = state.stage;
  const attempt = await StageAttempt.begin(state, world, number);
  try {
    const done = await attempt.endedOrGivenUp(
      kind.mode === 'map'
        ? runMapStage(kind, attempt).then((itemCount) => ({ itemCount }))
        : farmOf(attempt)
          ? runOnFarm(attempt).then((outputs) => ({ outputs }))
          : runWholeStage(kind, attempt).then(() => ({})),
    );
    attempt.signal.throwIfAborted();
    return { attempt, ...done };
  } catch (error) {
    if (error instanceof UnendedWorkError) throw error;
    // Code that is stopped fails in many ways; what it was stopped for says more.
    attempt.signal.throwIfAborted();
    throw error;
  } finally {
    attempt.end();
  }
}

/** What another attempt would not change. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof UnendedWorkError || error instanceof LeftOutError || error instanceof CancelledStageError
  );
}

function backoffMs(policy: StagePolicy, failedAttempts: number): number {
  return Math.min(policy.backoffMs * 2 ** (failedAttempts - 1), Math.max(policy.backoffMs, longestBackoffMs));
}
