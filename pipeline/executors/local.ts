import type { Capacity } from './capacity.js';
import type { Executor } from './executor.js';
import { PackingQueue } from './packing-queue.js';

/** Runs jobs on this machine, as many at once as it has room for. @param maxJobs at most this many, however small */
export function localExecutor(capacity: Capacity, maxJobs: number): Executor {
  const queue = new PackingQueue(capacity, maxJobs);
  return {
    concurrency: (resources) => queue.concurrency(resources),
    submit: (job) => queue.submit(job),
  };
}
