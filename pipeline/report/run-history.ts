import { listRuns, readJournal } from '../events/read-journal.js';
import type { Store } from '../store/store.js';
import { pastRun, type PastRun } from './past-run.js';

/**
 * The runs of a pipeline that the store knows of, the latest first. Read one by one: who asks for the last one does
 * not wait for a thousand others.
 */
export async function* runHistory(store: Store, pipeline: string): AsyncIterable<PastRun> {
  for (const id of await listRuns(store.runsDirectory)) {
    const run = pastRun(await readJournal(store.runDirectory(id)));
    if (run?.pipeline === pipeline) yield run;
  }
}

/** The last run of the same pipeline before this one that went through; what a run is compared with. */
export async function runBefore(
  store: Store,
  { runId, pipeline }: { readonly runId: string; readonly pipeline: string },
): Promise<PastRun | undefined> {
  for await (const run of runHistory(store, pipeline))
    if (run.runId < runId && run.outcome === 'succeeded') return run;
  return undefined;
}
