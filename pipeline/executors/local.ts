import PQueue from 'p-queue';
import type { Executor } from './executor.js';

/** Runs jobs on this machine, as many at once as `jobs` says, of equal priority in the order of their submission. */
export function localExecutor(jobs: number): Executor {
  const queue = new PQueue({ concurrency: jobs });
  return {
    concurrency: jobs,
    submit: ({ signal, priority, run }) =>
      queue.add(
        async () => {
          signal.throwIfAborted();
          return run();
        },
        { priority },
      ),
  };
}
