import { concurrently } from '../core/concurrently.js';
import { itemFamily } from '../store/remotes/item-pack.js';
import type { CacheKey } from '../store/key-parts.js';
import type { ItemRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { KeyedItem } from './keyed-items.js';
import type { World } from './world.js';

const itemsAtOnce = 16;

/** What the cache has of the items that the store does not have: their records alone. */
export async function itemsInCache(
  items: readonly KeyedItem[],
  store: Store,
): Promise<ReadonlyMap<CacheKey, ItemRecord>> {
  const missing = items.filter(({ result }) => !result);
  const [first] = missing;
  if (!first || !store.cache) return new Map();
  return store.cache.readItems(itemFamily(first.parts), new Set(missing.map(({ key }) => key)));
}

/** Brings the items into the store that the cache has; what does not come is made. */
export async function fetchItems(
  stage: string,
  items: readonly KeyedItem[],
  { store, emit }: Pick<World, 'store' | 'emit'>,
): Promise<void> {
  const { cache } = store;
  const records = await itemsInCache(items, store);
  if (!cache || records.size === 0) return;
  let [fetched, contents, bytes] = [0, 0, 0];
  await concurrently(items, itemsAtOnce, async (keyed) => {
    const record = keyed.result ? undefined : records.get(keyed.key);
    if (!record) return;
    const came = await cache.fetchAll(record.files);
    contents += came.contents;
    bytes += came.bytes;
    if (came.failed > 0) return;
    await store.records.write(keyed.key, record);
    keyed.result = { item: keyed.item, files: record.files, value: record.value };
    fetched++;
  });
  if (fetched > 0) emit({ type: 'stage-fetched', stage, items: fetched, contents, bytes });
}
