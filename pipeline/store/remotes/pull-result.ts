import type { ArtifactFile } from '../../stage/artifact.js';
import type { CacheKey } from '../key-parts.js';
import type { StoredStageRecord } from '../records.js';
import type { Store } from '../store.js';
import { exhibitContents } from './push-result.js';
import type { ResultCache, Transfer } from './result-cache.js';

/**
 * Brings a whole result out of the cache into the store: the lists of its files, the files, the pictures, and then the
 * record. What is here already is not fetched again, so a pull that was broken off goes on where it ended.
 * @returns what was fetched; with `failed` above 0 the store has no record of it
 */
export async function pullResult(
  store: Store,
  cache: ResultCache,
  key: CacheKey,
  record: StoredStageRecord,
): Promise<Transfer> {
  const lists = Object.entries(record.outputs).map(([output, { digest }]) => ({
    digest,
    sizeBytes: record.manifestBytes[output] ?? 0,
  }));
  const first = await cache.fetchAll([...lists, ...exhibitContents(record)]);
  if (first.failed > 0) return first;
  const files = await cache.fetchAll(filesOf(store, record));
  if (files.failed === 0) {
    await store.records.write(key, record);
  }
  return {
    contents: first.contents + files.contents,
    bytes: first.bytes + files.bytes,
    failed: files.failed,
  };
}

async function* filesOf(store: Store, record: StoredStageRecord): AsyncIterable<ArtifactFile> {
  for (const artifact of Object.values(record.outputs)) yield* store.open(artifact).files();
}
