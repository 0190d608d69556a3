import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskError, diskFailure } from '../core/disk-failure.js';
import { withDigestsOfSecrets } from '../core/secrets.js';
import { UserError } from '../core/user-error.js';
import type { Grant } from '../executors/executor.js';
import type { BatchContext, Item, ItemResult, StageContext } from '../stage/context.js';
import type { MapStageKind } from '../stage/definition.js';
import { itemKey, type ItemKeyParts } from '../store/key-parts.js';
import type { Store } from '../store/store.js';
import { fetchItems } from './fetch-items.js';
import { ItemClaims } from './item-claims.js';
import type { KeyedItem } from './keyed-item.js';
import type { StageAttempt } from './stage-attempt.js';
import type { StageState } from './stage-state.js';

const shownFailures = 5;

/** All items of a map stage with their keys. */
export async function keyedItems(kind: MapStageKind, state: StageState): Promise<KeyedItem[]> {
  const items: KeyedItem[] = [];
  const seen = new Set<string>();
  for await (const item of kind.items(state.context)) {
    if (seen.has(item.id)) throw new UserError(`Two items of ${state.stage.name} are called ${item.id}.`);
    seen.add(item.id);
    const parts: ItemKeyParts = {
      kind: kind.identity ?? kind.kind,
      revision: kind.revision,
      tools: state.tools,
      item: withDigestsOfSecrets(kind.itemKey(item, state.context), state.stage.secrets),
    };
    items.push({ item, parts, key: itemKey(parts) });
  }
  return items;
}

/** All items of a map stage with their keys, and the results of those that the store already has. */
export async function lookUpItems(kind: MapStageKind, state: StageState, store: Store): Promise<KeyedItem[]> {
  const items = await keyedItems(kind, state);
  const recorded = await store.records.keys();
  await takeFromStore(
    items.filter(({ key }) => recorded.has(key)),
    'there',
    store,
  );
  return items;
}

/** Gives those items their results that the store has. */
async function takeFromStore(
  items: readonly KeyedItem[],
  expected: 'there' | 'missing',
  store: Store,
): Promise<void> {
  const records = await store.records.readItems(
    items.map(({ key }) => key),
    expected,
  );
  for (const [index, keyed] of items.entries()) {
    const record = records[index];
    if (record) keyed.result = { item: keyed.item, files: record.files, value: record.value };
  }
}

/**
 * Makes the items that the store does not have, in batches through the executor, then collects all of them.
 * Every item is in the store as soon as it is committed; one that fails does not keep the others from being made.
 * @returns the number of items
 * @throws UserError at the end, when items failed
 */
export async function runMapStage(kind: MapStageKind, attempt: StageAttempt): Promise<number> {
  const { state, world } = attempt;
  const stage = state.stage.name;
  const items = await lookUpItems(kind, state, world.store);
  await fetchItems(stage, items, world);
  const pending = items.filter(({ result }) => !result);
  await world.store.itemLists.write(
    state.key,
    items.map(({ item, key }) => ({ id: item.id, key })),
  );
  // A further attempt knows what the first one made as its own.
  if (attempt.number === 1)
    world.emit({ type: 'stage-items', stage, total: items.length, reused: items.length - pending.length });

  const claims = new ItemClaims<KeyedItem>(stage, world, attempt.signal);
  const failures = new Map<string, Failure>();
  let hint: string | undefined;
  let done = items.length - pending.length;
  const settled = (): void =>
    world.emit({ type: 'stage-progress', stage, done: ++done, total: items.length, unit: 'items' });
  const fail = (item: Item, message: string, details: readonly string[] = []): void => {
    if (attempt.hasEnded || failures.has(item.id)) return;
    failures.set(item.id, { message, details });
    world.emit({ type: 'item-failed', stage, item: item.id, message });
    settled();
  };

  // On a full or broken disk every item would be made in vain: no further batch starts.
  const disk: { failure?: DiskError } = {};

  async function runBatch(wanted: readonly KeyedItem[], grant: Grant): Promise<void> {
    if (disk.failure) return;
    const claimed = await claims.claim(wanted);
    try {
      // Whoever had them before may have made them since they were looked up.
      await takeFromStore(claimed, 'missing', world.store);
      const batch = claimed.filter(({ result }) => !result);
      for (let i = batch.length; i < claimed.length; i++) settled();
      if (batch.length > 0) await make(batch, grant);
    } finally {
      for (const keyed of claimed) await claims.release(keyed);
    }
  }

  async function make(batch: readonly KeyedItem[], grant: Grant): Promise<void> {
    const byId = new Map(batch.map((keyed) => [keyed.item.id, keyed]));
    const batchDirectory = join(attempt.batchesDirectory, randomBytes(6).toString('hex'));
    await mkdir(batchDirectory, { recursive: true });
    const context: BatchContext<unknown> = {
      ...attempt.context(grant),
      batchDirectory,
      // The engine counts items itself; what a batch knows of its own part is a note at most.
      progress: () => undefined,
      commit: async (item, result) => {
        if (attempt.hasEnded) throw new Error(`${item.id} comes too late: its stage was given up.`);
        const keyed = byId.get(item.id);
        if (!keyed) throw new Error(`${kind.kind} committed ${item.id}, which is not in its batch.`);
        if (keyed.result || failures.has(item.id)) return;
        try {
          const { key, parts } = keyed;
          const value = result.value ?? null;
          const lasting = result.lasting !== false;
          const finished = { key, parts, files: result.files, value, lasting };
          const files = await world.store.itemCommits.keep(finished);
          keyed.result = { item, files, value };
        } catch (error) {
          if (error instanceof DiskError) disk.failure ??= error;
          throw error;
        }
        await claims.release(keyed);
        settled();
      },
      reject: fail,
    };
    try {
      await kind.runBatch(
        batch.map(({ item }) => item),
        context,
      );
    } catch (thrown) {
      if (attempt.signal.aborted) throw thrown;
      const error = diskFailure(thrown, attempt.directory);
      if (error instanceof DiskError) disk.failure ??= error;
      const { message, details } = describe(error);
      if (error instanceof UserError) hint ??= error.hint;
      for (const { item, result } of batch) if (!result) fail(item, message, details);
    } finally {
      await rm(batchDirectory, { recursive: true, force: true });
    }
    for (const { item, result } of batch) if (!result) fail(item, 'the stage ended without a result for it');
  }

  const share = Math.ceil(pending.length / (2 * world.executor.concurrency(attempt.resources)));
  const size = Math.max(1, Math.min(kind.batchSize(state.stage.params), share));
  for (let wave: readonly KeyedItem[] = pending; wave.length > 0; wave = await claims.takePutOff()) {
    const batches: Promise<void>[] = [];
    for (let start = 0; start < wave.length; start += size) {
      const batch = wave.slice(start, start + size);
      batches.push(attempt.submit(0, (grant) => runBatch(batch, grant)));
    }
    const outcomes = await Promise.allSettled(batches);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
  if (disk.failure) throw disk.failure;
  if (failures.size > 0) throw failedItems(stage, items.length, failures, hint);

  async function* results(): AsyncIterable<ItemResult> {
    for (const { result } of items) if (result) yield result;
  }
  await kind.collect(results(), attempt.context() satisfies StageContext<unknown>);
  return items.length;
}

interface Failure {
  readonly message: string;
  readonly details: readonly string[];
}

function describe(error: unknown): Failure {
  if (error instanceof UserError) return { message: error.message, details: error.details };
  if (error instanceof Error)
    return { message: error.message, details: error.stack?.split('\n').slice(1) ?? [] };
  return { message: String(error), details: [] };
}

/** Names the first failures, and shows in full what the very first one printed. */
function failedItems(
  stage: string,
  total: number,
  failures: ReadonlyMap<string, Failure>,
  hint: string | undefined,
): UserError {
  const [only, ...others] = failures.values();
  // The one job of a program that is called once: its own failure is all there is to say.
  if (only && others.length === 0 && total === 1)
    return new UserError(`${stage} failed: ${only.message}`, {
      details: only.details,
      ...(hint === undefined ? {} : { hint }),
    });
  const shown = [...failures].slice(0, shownFailures).map(([id, { message }]) => `${id}: ${message}`);
  const more = failures.size - shownFailures;
  if (more > 0) shown.push(`… and ${more} more; the journal of the run names them all`);
  const first = [...failures.values()].find(({ details }) => details.length > 0);
  const kept = failures.size < total ? '; the others are kept' : '';
  return new UserError(`${failures.size} of ${total} items of ${stage} failed${kept}.`, {
    details: [...shown, ...(first?.details ?? [])],
    ...(hint === undefined ? {} : { hint }),
  });
}
