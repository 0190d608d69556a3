import { join } from 'node:path';
import { UserError } from '../core/user-error.js';
import type { FarmWork } from '../executors/farm/farm-work.js';
import type { StageHead, TaskResult } from '../executors/farm/task-files.js';
import { upstream } from '../plan/order-stages.js';
import type { StageRecord } from '../store/records.js';
import type { ItemTally } from './item-tally.js';
import { takeFromStore, type KeyedItem } from './keyed-items.js';
import type { StageAttempt } from './stage-attempt.js';
import type { FarmOfRun } from './world.js';

/** The cluster that a stage runs on; undefined when it runs here. */
export function farmOf({ state, world }: StageAttempt): FarmOfRun | undefined {
  return state.stage.placement.isLocal ? undefined : world.farm;
}

/** Has the items made by tasks of a cluster. Their workers take them into the store; here they are looked up. */
export async function makeItemsOnFarm(
  attempt: StageAttempt,
  pending: readonly KeyedItem[],
  tally: ItemTally,
): Promise<void> {
  const { store } = attempt.world;
  const byId = new Map(pending.map((keyed) => [keyed.item.id, keyed]));
  const keyed = (ids: readonly string[]): KeyedItem[] => ids.flatMap((id) => byId.get(id) ?? []);

  /** Notes which of the items the store has, and tells of them. @returns the others */
  async function lookUp(ids: readonly string[]): Promise<KeyedItem[]> {
    const open = keyed(ids).filter((each) => isOpen(each) && !tally.hasFailed(each.item));
    await takeFromStore(open, 'there', store);
    for (const each of open) if (each.result) note(each);
    return open.filter(isOpen);
  }

  /** What the store has is read when it is collected, not held. */
  function note(made: KeyedItem): void {
    made.isStored = true;
    delete made.result;
    tally.settled();
  }

  await runTasks(attempt, {
    items: [...byId.keys()],
    missing: async (ids) => (await lookUp(ids)).map(({ item }) => item.id),
    ended: async (result, ids = []) => {
      attempt.takeIn(result);
      tally.hint ??= result.hint;
      for (const each of keyed(result.made)) if (isOpen(each)) note(each);
      for (const { id, files, value } of result.unrecorded)
        for (const each of keyed([id]))
          if (isOpen(each)) {
            each.result = { item: each.item, files, value };
            tally.settled();
          }
      const others = [...result.unrecorded, ...result.failedItems].map(({ id }) => id);
      const told = new Set([...result.made, ...others]);
      const untold = ids.filter((id) => !told.has(id));
      if (untold.length > 0) await lookUp(untold);
      for (const { id, message, details } of result.failedItems)
        for (const each of keyed([id])) if (isOpen(each)) tally.fail(each.item, message, details);
      if (result.failure) throw failureOf(result.failure);
    },
    givenUp: (ids = [], message, details) => {
      for (const each of keyed(ids)) if (isOpen(each)) tally.fail(each.item, message, details);
    },
    progress: (done) => tally.underWay(done),
  });
}

function isOpen({ result, isStored }: KeyedItem): boolean {
  return !result && isStored !== true;
}

/** Has a whole stage made by one task of a cluster. @returns its outputs, which are in the store */
export async function runOnFarm(attempt: StageAttempt): Promise<StageRecord['outputs']> {
  let outputs: StageRecord['outputs'] | undefined;
  await runTasks(attempt, {
    items: undefined,
    missing: () => Promise.resolve([]),
    ended: (result) => {
      if (result.failure) throw failureOf(result.failure);
      attempt.takeIn(result);
      outputs = result.outputs;
      return Promise.resolve();
    },
    givenUp: (_items, message, details) => {
      throw new UserError(message, { details });
    },
    progress: () => undefined,
  });
  if (!outputs) throw new Error(`The task of ${attempt.state.stage.name} has left no outputs.`);
  return outputs;
}

type Hearing = Pick<FarmWork, 'items' | 'missing' | 'ended' | 'givenUp' | 'progress'>;

async function runTasks(attempt: StageAttempt, hearing: Hearing): Promise<void> {
  const { state, world, resources, signal } = attempt;
  const ofRun = farmOf(attempt);
  if (!ofRun) throw new Error('There is no farm.');
  const { name, placement } = state.stage;
  await ofRun.farm.run({
    ...hearing,
    head: headOf(attempt, ofRun),
    directory: join(world.store.workPath(state.key), 'farm'),
    resources,
    options: placement.slurm,
    signal,
    started: () => attempt.begun(),
    log: (line) => world.emit({ type: 'stage-log', stage: name, line }),
    warn: (message) => world.emit({ type: 'stage-warning', stage: name, message }),
  });
}

function headOf({ state, world }: StageAttempt, { base }: FarmOfRun): StageHead {
  const { stage, key, parts, sources, artifacts } = state;
  const bound = upstream(stage.inputs).flatMap((name) => {
    const outputs = artifacts.get(name);
    return outputs ? [[name, { ...outputs }] as const] : [];
  });
  return {
    version: 1,
    ...base,
    store: world.store.root,
    stage: stage.name,
    key,
    parts,
    sourceNames: sources.names,
    artifacts: Object.fromEntries(bound),
  };
}

function failureOf({ message, details, hint }: NonNullable<TaskResult['failure']>): UserError {
  return new UserError(message, { details, ...(hint === undefined ? {} : { hint }) });
}
