import { isDigest } from '../core/digest.js';
import { listRuns, readJournalLines } from '../events/read-journal.js';
import type { CacheKey } from './key-parts.js';
import type { Store } from './store.js';

/** What a run's journal says of the results that it used. */
export interface RunKeys {
  readonly id: string;
  /** Empty when the journal was cut before it said so. */
  readonly pipeline: string;
  /** The keys of the stages that it reused, made, or was making when it ended. */
  readonly keys: ReadonlySet<CacheKey>;
}

/** All runs of a store, the latest first. A journal counts as far as it can be read. */
export async function keysByRun(store: Store): Promise<readonly RunKeys[]> {
  const runs: RunKeys[] = [];
  for (const id of await listRuns(store.runsDirectory)) {
    let pipeline = '';
    const keys = new Set<CacheKey>();
    for (const line of await readJournalLines(store.runDirectory(id))) {
      if (line.type === 'run-started' && typeof line.pipeline === 'string') ({ pipeline } = line);
      if (isDigest(line.key)) keys.add(line.key);
    }
    runs.push({ id, pipeline, keys });
  }
  return runs;
}
