import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { concurrently } from '../core/concurrently.js';
import { crashPoint } from '../core/crash-point.js';
import { digestOfFile, type Digest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import { examineRecord } from './examine-record.js';
import type { CacheKey } from './key-parts.js';
import type { Store } from './store.js';

/** A record that cannot be used as it is. */
export interface DamagedRecord {
  readonly key: CacheKey;
  /** What people call it: the stage, or the kind of the item. */
  readonly name: string;
  readonly why: string;
}

export interface VerifyReport {
  readonly blobs: number;
  readonly bytes: number;
  readonly records: number;
  /** Contents that are not what their names say, with what names them. */
  readonly corrupt: readonly {
    readonly digest: Digest;
    readonly why: string;
    readonly namedBy: readonly string[];
  }[];
  /** Records that are cut short, that belong to another key, or whose contents are corrupt or gone. */
  readonly damaged: readonly DamagedRecord[];
}

/**
 * Reads every content and every record of a store again.
 * @param progress is told how many of how many contents are hashed
 */
export async function verifyStore(
  store: Store,
  signal: AbortSignal,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<VerifyReport> {
  const sizes = await store.blobs.list();
  const wrong = new Map<Digest, string>();
  let [done, bytes] = [0, 0];
  await concurrently(sizes, 4, async ([digest, sizeBytes]) => {
    signal.throwIfAborted();
    const why = await whyWrong(store, digest);
    if (why !== undefined) wrong.set(digest, why);
    bytes += sizeBytes;
    progress(++done, sizes.size);
  });

  const names = await store.latestNames();
  const namedBy = new Map<Digest, string[]>();
  const damaged: DamagedRecord[] = [];
  const keys = await store.records.keys();
  for (const key of keys) {
    signal.throwIfAborted();
    const examined = await examineRecord(store, key, names.get(key)?.map(({ stage }) => stage) ?? []);
    const reasons = examined.why === undefined ? [] : [examined.why];
    for (const { path, digest, sizeBytes } of examined.contents) {
      if (wrong.has(digest)) {
        namedBy.set(digest, [...(namedBy.get(digest) ?? []), `${examined.name}: ${path}`]);
        reasons.push(`${path} is corrupt`);
      } else if (!sizes.has(digest)) reasons.push(`${path} is gone`);
      else if (sizeBytes !== undefined && sizes.get(digest) !== sizeBytes)
        reasons.push(`${path} has another size`);
    }
    const [first, ...others] = reasons;
    if (first === undefined) continue;
    const why = others.length > 0 ? `${first}, and ${others.length} more` : first;
    damaged.push({ key, name: examined.name, why });
  }
  const corrupt = [...wrong].map(([digest, why]) => ({ digest, why, namedBy: namedBy.get(digest) ?? [] }));
  return { blobs: sizes.size, bytes, records: keys.size, corrupt, damaged };
}

/** Moves corrupt contents and damaged records to `quarantine/`: what they stood for is made anew by the next run. */
export async function quarantine(store: Store, report: VerifyReport): Promise<string> {
  const folder = join(store.root, 'quarantine');
  await mkdir(folder, { recursive: true });
  const moveAside = async (path: string): Promise<void> =>
    rename(path, join(folder, basename(path))).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
  crashPoint('repair-before-quarantine');
  // Records first: a kill in between leaves no record without its contents.
  for (const { key } of report.damaged) await moveAside(store.records.path(key));
  crashPoint('repair-between-records-and-blobs');
  for (const { digest } of report.corrupt) await moveAside(store.blobs.path(digest));
  crashPoint('repair-after-quarantine');
  return folder;
}

async function whyWrong(store: Store, digest: Digest): Promise<string | undefined> {
  try {
    return (await digestOfFile(store.blobs.path(digest))) === digest ? undefined : 'its content has changed';
  } catch (error) {
    // A collection may have removed it since it was listed.
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
