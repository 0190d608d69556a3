import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { crashPoint } from '../core/crash-point.js';
import type { Digest } from '../core/digest.js';
import type { CacheKey } from './key-parts.js';
import { findLeftovers, findLocks, findParts, folderBytes } from './leftovers.js';
import { Marks, marksOf } from './mark.js';
import type { Present } from './presence/present.js';
import { keysByRun, type RunKeys } from './keys-by-run.js';
import type { Store } from './store.js';

export interface GarbageOptions {
  /** Of each pipeline, the last so many runs are kept. */
  readonly keepRuns: number;
  /** Fewer runs are kept when their contents are larger than this; the newest run is kept in any case. */
  readonly maxSizeBytes?: number;
  /** Finds out, removes nothing. */
  readonly dryRun: boolean;
  /** Ends the wait for a sign of life of runs on other machines. */
  readonly signal?: AbortSignal;
  /** Called when it is waited for, which lasts a minute when there comes none. */
  readonly onWait?: (doubtful: readonly Present[]) => void;
}

/** What was removed, or would be. */
export interface GarbageReport {
  /** Runs that are going on. Beside them only what killed processes left is removed. */
  readonly busy: readonly Present[];
  readonly keptRuns: number;
  readonly keptBytes: number;
  readonly runs: readonly string[];
  readonly records: readonly CacheKey[];
  readonly blobs: readonly Digest[];
  /** Lists of items, by their stages. */
  readonly lists: readonly CacheKey[];
  readonly workFolders: readonly CacheKey[];
  readonly leftovers: readonly string[];
  readonly freedBytes: number;
}

/**
 * Marks what the last runs and the pins need, and sweeps the rest: records first, then contents, so that a collection
 * that is killed leaves no record without its contents. While a run goes on, no record and no content is touched: it
 * may be about to use any of them.
 * @throws UserError when a pin cannot be read
 */
export async function collectGarbage(store: Store, options: GarbageOptions): Promise<GarbageReport> {
  const { signal = new AbortController().signal, onWait = () => undefined } = options;
  // Before it is announced: runs that begin wait until a collection is over, which must not last longer than it has to.
  await store.presence.listSurely(signal, onWait);
  const here = options.dryRun
    ? undefined
    : await store.presence.announce('gc', `gc-${randomBytes(4).toString('hex')}`);
  try {
    const leftovers = await findLeftovers(store.root);
    const busy = (await store.presence.list()).filter(({ role }) => role === 'run');
    if (busy.length > 0) await here?.leave();
    const garbage =
      busy.length > 0
        ? { ...noGarbage, freedBytes: await sizeOfFiles(leftovers), leftovers }
        : await findGarbage(store, options, [
            ...leftovers,
            ...(await findLocks(store.root)),
            ...(await findParts(store.root)),
          ]);
    if (!options.dryRun) await sweep(store, garbage);
    return { ...garbage, busy };
  } finally {
    await here?.leave();
  }
}

type Garbage = Omit<GarbageReport, 'busy'>;

const noGarbage = {
  keptRuns: 0,
  keptBytes: 0,
  runs: [],
  records: [],
  blobs: [],
  lists: [],
  workFolders: [],
};

async function findGarbage(
  store: Store,
  options: GarbageOptions,
  leftovers: readonly string[],
): Promise<Garbage> {
  const history = await keysByRun(store);
  const { kept, marks } = await markKept(store, history, options);
  const blobsThere = await store.blobs.list();
  const blobs = [...blobsThere.keys()].filter((digest) => !marks.blobs.has(digest));
  const runs = history.map(({ id }) => id).filter((id) => !kept.has(id));
  // Scratch is of use until its stage has succeeded.
  const workFolders = (await store.workKeys()).filter(
    (key) => !marks.stages.has(key) || marks.records.has(key),
  );
  let freedBytes = await sizeOfFiles(leftovers);
  for (const digest of blobs) freedBytes += blobsThere.get(digest) ?? 0;
  for (const folder of [
    ...runs.map((id) => store.runDirectory(id)),
    ...workFolders.map((key) => store.workPath(key)),
  ])
    freedBytes += await folderBytes(folder);
  return {
    keptRuns: kept.size,
    keptBytes: marks.sizeBytes,
    runs,
    records: [...(await store.records.keys())].filter((key) => !marks.records.has(key)),
    blobs,
    lists: (await store.itemLists.stages()).filter((key) => !marks.stages.has(key)),
    workFolders,
    leftovers,
    freedBytes,
  };
}

async function markKept(
  store: Store,
  history: readonly RunKeys[],
  { keepRuns, maxSizeBytes = Infinity }: GarbageOptions,
): Promise<{ readonly kept: ReadonlySet<string>; readonly marks: Marks }> {
  const marks = new Marks();
  const pinned = (await store.pins.list()).map(({ key }) => key);
  marks.add(await marksOf(store, pinned, marks));
  let sizeBytes = marks.sizeBytes;
  const kept = new Set<string>();
  const counts = new Map<string, number>();
  for (const run of history) {
    const count = counts.get(run.pipeline) ?? 0;
    if (count >= keepRuns) continue;
    const more = await marksOf(store, run.keys, marks);
    // Older runs than the first that does not fit do not stay either: what is kept is the newest.
    if (kept.size > 0 && sizeBytes + more.sizeBytes > maxSizeBytes) break;
    marks.add(more);
    sizeBytes += more.sizeBytes;
    counts.set(run.pipeline, count + 1);
    kept.add(run.id);
  }
  return { kept, marks };
}

async function sweep(store: Store, garbage: Garbage): Promise<void> {
  crashPoint('gc-before-sweep');
  for (const key of garbage.records) await store.records.remove(key);
  for (const key of garbage.lists) await store.itemLists.remove(key);
  crashPoint('gc-between-records-and-blobs');
  for (const digest of garbage.blobs) await store.blobs.remove(digest);
  for (const key of garbage.workFolders) await rm(store.workPath(key), { recursive: true, force: true });
  for (const id of garbage.runs) await rm(store.runDirectory(id), { recursive: true, force: true });
  for (const path of garbage.leftovers) await rm(path, { force: true });
  crashPoint('gc-after-sweep');
}

async function sizeOfFiles(paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (const path of paths) sum += (await stat(path).catch(() => undefined))?.size ?? 0;
  return sum;
}
