import { join } from 'node:path';
import { UserError } from '../core/user-error.js';
import { diskFailure } from '../core/disk-failure.js';
import { changesBetween } from '../plan/changes.js';
import type { Plan } from '../plan/plan.js';
import { reasonsInWords } from '../plan/reasons.js';
import type { StageHead, TaskFiles, TaskOrder, TaskResult } from '../executors/farm/task-files.js';
import { ItemTally } from './item-tally.js';
import { keyedItems } from './keyed-items.js';
import { makeItems } from './make-items.js';
import { StageAttempt } from './stage-attempt.js';
import { inputOrigins, stageState, type StageState } from './stage-state.js';
import { runWholeStage } from './whole-stage.js';
import type { World } from './world.js';

/** This node, or what lies on its disks, is not what the run began with: nothing may be made here. */
export class RefusalError extends UserError {}

/** What a task has made, without where and by whom. */
export type TaskWork = Omit<TaskResult, 'version' | 'nonce' | 'node' | 'tookMs'>;

/**
 * Does one task of a stage on a node of a cluster: its items, or all of the stage. What it makes is taken into the
 * shared store at once, item by item, as in a run on one machine.
 * @param onDone called as items are made, with their number so far
 * @throws RefusalError when the stage's key is another one here than where the run was started
 * @throws the signal's reason when it aborts
 */
export async function workTask(
  plan: Plan,
  head: StageHead,
  order: TaskOrder,
  files: TaskFiles,
  world: World,
  onDone: (done: number) => void,
): Promise<TaskWork> {
  const state = await sameState(plan, head, world);
  const { kind } = state.stage;
  if (kind.mode === 'whole') {
    const attempt = await StageAttempt.begin(state, world, order.attempt);
    try {
      await attempt.endedOrGivenUp(runWholeStage(kind, attempt));
      attempt.signal.throwIfAborted();
      return { ...ofWhole(attempt), outputs: await attempt.storeOutputs() };
    } catch (error) {
      world.signal.throwIfAborted();
      return { ...ofWhole(attempt), failure: told(diskFailure(error, attempt.directory)) };
    } finally {
      attempt.end();
    }
  }
  const wanted = new Set(order.items);
  const items = await keyedItems(kind, state, wanted);
  if (items.length < wanted.size)
    throw new RefusalError(
      `${wanted.size - items.length} of the task's items are not among those of ${head.stage} here.`,
    );
  let done = 0;
  const counted: World = {
    ...world,
    emit: (event) => {
      if (event.type === 'stage-progress') onDone((done = event.done));
      world.emit(event);
    },
  };
  const attempt = await StageAttempt.begin(
    state,
    counted,
    order.attempt,
    join(files.taskFolder(order), 'made'),
  );
  const tally = new ItemTally(attempt, items.length, done);
  try {
    const failure = await attempt.endedOrGivenUp(makeItems(kind, attempt, items, tally)).then(
      () => undefined,
      (error: unknown) => told(diskFailure(error, attempt.directory)),
    );
    world.signal.throwIfAborted();
    const made = items.flatMap(({ item: { id }, result, isStored }) => (result && isStored ? [id] : []));
    const unrecorded = items.flatMap(({ item: { id }, result, isStored }) =>
      result && !isStored ? [{ id, files: [...result.files], value: result.value }] : [],
    );
    const failedItems = [...tally.failures].map(([id, { message, details }]) => ({
      id,
      message,
      details: [...details],
    }));
    const { hint } = tally;
    return {
      ...ofWhole(attempt),
      failedItems,
      made,
      unrecorded,
      ...(hint === undefined ? {} : { hint }),
      ...(failure === undefined ? {} : { failure }),
    };
  } finally {
    attempt.end();
  }
}

/** The stage's state here. @throws RefusalError when its key is not that of the run */
async function sameState(plan: Plan, head: StageHead, world: World): Promise<StageState> {
  const stage = plan.stages.find(({ name }) => name === head.stage);
  if (!stage)
    throw new RefusalError(`${head.file} has no stage ${head.stage} any more.`, { hint: startAgain });
  const artifacts = new Map(Object.entries(head.artifacts));
  let state;
  try {
    state = await stageState(plan.file, stage, artifacts, world);
  } catch (error) {
    const { message, details, hint } = told(error);
    throw new RefusalError(message, { details, ...(hint === undefined ? {} : { hint }) });
  }
  if (state.key === head.key) return state;
  const now = { parts: state.parts, sourceNames: state.sources.names };
  const reasons = reasonsInWords(changesBetween(head, now, inputOrigins(stage)));
  throw new RefusalError(`${head.stage} is not what it was where the run was started:`, {
    details: reasons.length > 0 ? reasons : ['its key is another one'],
    hint: `Give all nodes the same programs and files. If they were changed meanwhile: ${startAgain}`,
  });
}

const startAgain = 'end the run and start it again.';

function told(error: unknown): { message: string; details: string[]; hint?: string } {
  if (error instanceof UserError) {
    const { message, details, hint } = error;
    return { message, details: [...details], ...(hint === undefined ? {} : { hint }) };
  }
  if (error instanceof Error)
    return { message: error.message, details: error.stack?.split('\n').slice(1) ?? [] };
  return { message: String(error), details: [] };
}

/** What a whole stage tells; it has no items. */
function ofWhole({ gathered }: StageAttempt): TaskWork {
  const { exhibits, metrics, warnings } = gathered;
  return {
    exhibits: [...exhibits],
    metrics: { ...metrics },
    warnings: [...warnings],
    failedItems: [],
    made: [],
    unrecorded: [],
  };
}
