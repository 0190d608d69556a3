import type { WholeStageKind } from '../stage/definition.js';
import type { StageAttempt } from './stage-attempt.js';

/**
 * Runs a stage that is one job. Its scratch folder belongs to its key, so nobody else may be in it: a worker of an
 * earlier run that still goes on, on a node that was taken for dead, is waited for until its heartbeat stands still.
 */
export async function runWholeStage(kind: WholeStageKind, attempt: StageAttempt): Promise<void> {
  const { state, world, signal } = attempt;
  const lock = `work-${state.key}`;
  const stage = state.stage.name;
  await world.locks.acquire(lock, signal, ({ runId, host, pid }) =>
    world.emit({ type: 'stage-waits', stage, owner: { runId, host, pid }, sameRun: false }),
  );
  try {
    await attempt.submit(1, (grant) => kind.run(attempt.context(grant)));
  } finally {
    await world.locks.release(lock);
  }
}
