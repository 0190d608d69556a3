import { readFile } from 'node:fs/promises';
import type { Digest } from '../../core/digest.js';
import type { StoredContent } from '../blobs.js';
import type { CacheKey } from '../key-parts.js';
import type { ItemRecord, StageRecord, StoredStageRecord } from '../records.js';
import type { Store } from '../store.js';
import { itemFamily } from './item-pack.js';
import type { ResultCache, Transfer } from './result-cache.js';

/** What pushing a result came to; `complete` when the cache has all of it now. */
export interface Pushed extends Transfer {
  readonly complete: boolean;
}

const nothing: Transfer = { contents: 0, bytes: 0, failed: 0 };

/**
 * Leaves a stage's result in the cache, or of an unfinished map stage the items that it has: contents first, then the
 * lists of them, the items' records and the stage's own. What other results have brought there is not sent again: a
 * list of files speaks for its files, an item's record for its contents.
 */
export async function pushResult(store: Store, cache: ResultCache, key: CacheKey): Promise<Pushed> {
  const record = await store.records.read(key);
  if (record?.action === 'stage' && (await cache.readStage(key))) return { ...nothing, complete: true };
  let sum = nothing;
  if (record?.action === 'stage') await noteInputs(store, cache, record);
  const items = await itemsOf(store, key);
  sum = plus(sum, await pushItems(cache, items));
  if (record?.action !== 'stage' || sum.failed > 0) return { ...sum, complete: sum.failed === 0 };

  for (const [output, artifact] of Object.entries(record.outputs)) {
    const list = { digest: artifact.digest, sizeBytes: record.manifestBytes[output] ?? 0 };
    if (await cache.has(list)) continue;
    const files: StoredContent[] = [];
    for await (const file of store.open(artifact).files()) files.push(file);
    sum = plus(sum, await cache.uploadAll(files));
    if (sum.failed === 0) sum = plus(sum, await cache.uploadAll([list]));
  }
  sum = plus(sum, await cache.uploadAll(exhibitContents(record)));
  if (sum.failed > 0) return { ...sum, complete: false };
  const text = await readFile(store.records.path(key), 'utf8');
  return { ...sum, complete: await cache.writeStage(key, text) };
}

/** All contents that a record names beside the files of its outputs. */
export function exhibitContents({ exhibits }: StageRecord): readonly StoredContent[] {
  return exhibits.flatMap((exhibit) => ('digest' in exhibit ? [exhibit] : []));
}

/** What came out of an input that the cache has, it has. */
async function noteInputs(store: Store, cache: ResultCache, record: StoredStageRecord): Promise<void> {
  for (const digest of new Set(Object.values(record.parts.inputs).flat())) {
    const sizeBytes = await store.blobs.sizeBytes(digest);
    if (sizeBytes === undefined || !(await cache.has({ digest, sizeBytes }))) continue;
    const artifact = { type: 'files', digest, fileCount: 0, sizeBytes: 0 };
    const files: Digest[] = [];
    for await (const file of store.open(artifact).files()) files.push(file.digest);
    cache.noteThere(files);
  }
}

async function itemsOf(store: Store, key: CacheKey): Promise<ReadonlyMap<CacheKey, ItemRecord>> {
  const listed = await store.itemLists.read(key);
  const items = new Map<CacheKey, ItemRecord>();
  if (listed === undefined || listed === 'broken') return items;
  const keys = listed.map((item) => item.key);
  for (const [index, record] of (await store.records.readItems(keys, 'there')).entries()) {
    const itemKey = keys[index];
    if (record && itemKey !== undefined) items.set(itemKey, record);
  }
  return items;
}

async function pushItems(cache: ResultCache, items: ReadonlyMap<CacheKey, ItemRecord>): Promise<Transfer> {
  const [first] = items.values();
  if (!first) return nothing;
  const family = itemFamily(first.parts);
  const known = await cache.readItems(family, new Set(items.keys()));
  for (const record of known.values()) cache.noteThere(record.files.map(({ digest }) => digest));
  const fresh = new Map([...items].filter(([key]) => !known.has(key)));
  if (fresh.size === 0) return nothing;
  const sent = await cache.uploadAll([...fresh.values()].flatMap(({ files }) => files));
  // A pack that names what is not there would be of no use to anybody.
  if (sent.failed > 0) return sent;
  return (await cache.writeItems(family, fresh)) ? sent : { ...sent, failed: 1 };
}

function plus(a: Transfer, b: Transfer): Transfer {
  return { contents: a.contents + b.contents, bytes: a.bytes + b.bytes, failed: a.failed + b.failed };
}
