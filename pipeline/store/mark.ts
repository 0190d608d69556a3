import type { Digest } from '../core/digest.js';
import { UserError } from '../core/user-error.js';
import type { CacheKey } from './key-parts.js';
import type { Store } from './store.js';

/** What must stay in the store. */
export class Marks {
  /** Records of stages and items. */
  readonly records = new Set<CacheKey>();
  /** Stages whose scratch and lists of items are of use. */
  readonly stages = new Set<CacheKey>();
  readonly blobs = new Map<Digest, number>();

  get sizeBytes(): number {
    let sum = 0;
    for (const sizeBytes of this.blobs.values()) sum += sizeBytes;
    return sum;
  }

  add(more: Marks): void {
    for (const key of more.records) this.records.add(key);
    for (const key of more.stages) this.stages.add(key);
    for (const [digest, sizeBytes] of more.blobs) this.blobs.set(digest, sizeBytes);
  }
}

/**
 * All that stages need and that is not marked yet: their records, the records of their items, and every content that
 * these name. A stage without a record was killed or failed: its finished items and its scratch are what the next
 * run goes on from.
 */
export async function marksOf(store: Store, stages: Iterable<CacheKey>, marked: Marks): Promise<Marks> {
  const more = new Marks();
  const markBlob = (digest: Digest, sizeBytes: number): void => {
    if (!marked.blobs.has(digest)) more.blobs.set(digest, sizeBytes);
  };
  const markItem = async (key: CacheKey): Promise<void> => {
    if (marked.records.has(key) || more.records.has(key)) return;
    const record = await store.records.readItem(key);
    if (!record) return;
    more.records.add(key);
    for (const file of record.files) markBlob(file.digest, file.sizeBytes);
  };

  for (const key of stages) {
    if (marked.stages.has(key)) continue;
    more.stages.add(key);
    const record = await store.records.readStage(key);
    if (record) {
      more.records.add(key);
      for (const exhibit of record.exhibits)
        if ('digest' in exhibit) markBlob(exhibit.digest, exhibit.sizeBytes);
      for (const artifact of Object.values(record.outputs)) {
        markBlob(artifact.digest, (await store.blobs.sizeBytes(artifact.digest)) ?? 0);
        try {
          for await (const file of store.open(artifact).files()) markBlob(file.digest, file.sizeBytes);
        } catch (error) {
          // A damaged list of files is of no use to anybody: `verify` reports it, and the stage's items stay.
          if (!(error instanceof UserError)) throw error;
        }
      }
    }
    // When a list cannot be read, all items stay: too much is kept rather than too little.
    const listed = await store.itemLists.read(key);
    const items = listed === 'broken' ? await store.records.keys() : (listed ?? []).map((item) => item.key);
    for (const item of items) await markItem(item);
  }
  return more;
}
