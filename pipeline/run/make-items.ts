import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskError, diskFailure } from '../core/disk-failure.js';
import { UserError } from '../core/user-error.js';
import type { Grant } from '../executors/executor.js';
import type { BatchContext } from '../stage/context.js';
import type { MapStageKind } from '../stage/definition.js';
import { ItemClaims } from './item-claims.js';
import type { ItemFailure, ItemTally } from './item-tally.js';
import { takeFromStore, type KeyedItem } from './keyed-items.js';
import type { StageAttempt } from './stage-attempt.js';

/**
 * Makes items in batches through the executor. Every item is in the store as soon as it is committed; one that fails
 * does not keep the others from being made. In a run on this machine these are all that are missing, on the node of a
 * cluster those of one task.
 * @throws DiskError when the disk is full or fails
 */
export async function makeItems(
  kind: MapStageKind,
  attempt: StageAttempt,
  pending: readonly KeyedItem[],
  tally: ItemTally,
): Promise<void> {
  const { state, world } = attempt;
  const claims = new ItemClaims<KeyedItem>(state.stage.name, world, attempt.signal);
  // On a full or broken disk every item would be made in vain: no further batch starts.
  const disk: { failure?: DiskError } = {};

  async function runBatch(wanted: readonly KeyedItem[], grant: Grant): Promise<void> {
    if (disk.failure) return;
    const claimed = await claims.claim(wanted);
    try {
      // Whoever had them before may have made them since they were looked up.
      await takeFromStore(claimed, 'missing', world.store);
      const batch = claimed.filter(({ result }) => !result);
      for (let i = batch.length; i < claimed.length; i++) tally.settled();
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
        if (keyed.result || tally.hasFailed(item)) return;
        try {
          const { key, parts } = keyed;
          const value = result.value ?? null;
          const lasting = result.lasting !== false;
          const finished = { key, parts, files: result.files, value, lasting };
          const files = await world.store.itemCommits.keep(finished);
          keyed.result = { item, files, value };
          keyed.isStored = lasting;
        } catch (error) {
          if (error instanceof DiskError) disk.failure ??= error;
          throw error;
        }
        await claims.release(keyed);
        tally.settled();
      },
      reject: (item, message, details) => tally.fail(item, message, details),
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
      if (error instanceof UserError) tally.hint ??= error.hint;
      for (const { item, result } of batch) if (!result) tally.fail(item, message, details);
    } finally {
      await rm(batchDirectory, { recursive: true, force: true });
    }
    for (const { item, result } of batch)
      if (!result) tally.fail(item, 'the stage ended without a result for it');
  }

  const atOnce = world.executor.concurrency(attempt.resources);
  // Two rounds of batches, so that nobody waits long for the last one; a job that is alone waits for none.
  const share = atOnce === 1 ? pending.length : Math.ceil(pending.length / (2 * atOnce));
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
}

function describe(error: unknown): ItemFailure {
  if (error instanceof UserError) return { message: error.message, details: error.details };
  if (error instanceof Error)
    return { message: error.message, details: error.stack?.split('\n').slice(1) ?? [] };
  return { message: String(error), details: [] };
}
