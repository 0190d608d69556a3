import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Snapshot, Submitted } from './cluster.js';
import type { FarmWork } from './farm-work.js';
import { refText, type Flight } from './flight.js';
import { firstTerms } from './submit-tasks.js';
import type { TaskFiles } from './task-files.js';

/**
 * Finds the tasks that an earlier run, which was killed, has left: those that the engine still has, or that have a
 * result nobody has looked at, go on as this run's. All others are given up for good: should one of them come to run
 * after all, it ends by itself.
 */
export async function adoptTasks(
  work: FarmWork,
  cluster: Cluster,
  files: TaskFiles,
  retryMs: number,
): Promise<readonly Flight[]> {
  const ends = await files.ends();
  const open = (await files.intents())
    .map(({ nonce, tasks }) => ({
      nonce,
      directory: files.submissionFolder(nonce),
      tasks: tasks.filter(({ index }) => !ends.has(refText({ nonce, index }))),
    }))
    .filter(({ tasks }) => tasks.length > 0);
  if (open.length === 0) return [];
  const asked = open.map(({ nonce, directory, tasks }) => ({
    nonce,
    directory,
    indices: tasks.map(({ index }) => index),
  }));
  const snapshot = await lookUntilKnown(asked, work, cluster, retryMs);
  const wanted = work.items && new Set(work.items);
  const flights: Flight[] = [];
  for (const { nonce, tasks } of open)
    for (const { index, attempt } of tasks) {
      const ref = { nonce, index };
      const order = await files.readOrder(ref);
      const seen = snapshot.get(nonce)?.get(index);
      const isAlive = seen !== undefined && seen.state !== 'over';
      const items = wanted && order?.items?.filter((id) => wanted.delete(id));
      const isWanted = wanted ? (items ?? []).length > 0 : true;
      if (order && isWanted && (isAlive || (await files.readResult(ref)) !== undefined)) {
        const parcel = { items, terms: firstTerms(work), attempt, index };
        flights.push({ ...ref, parcel, done: 0 });
        continue;
      }
      for (const id of items ?? []) wanted?.add(id);
      await files.giveUp(ref, 'the run that waited for it was killed');
      await files.noteEnd(ref);
      if (isAlive) await cluster.cancel([ref]).catch(() => undefined);
    }
  return flights;
}

async function lookUntilKnown(
  asked: readonly Submitted[],
  work: FarmWork,
  cluster: Cluster,
  retryMs: number,
): Promise<Snapshot> {
  for (let told = false; ; told = true)
    try {
      return await cluster.look(asked);
    } catch (error) {
      if (!told)
        work.warn(
          `${cluster.name} cannot say which tasks of an earlier run still go on; nothing is submitted before it does: ${String(error)}`,
        );
      await pause(retryMs, undefined, { signal: work.signal });
    }
}
