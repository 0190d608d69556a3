import type { Item, ItemResult } from '../stage/context.js';
import type { CacheKey, ItemKeyParts } from '../store/key-parts.js';

/** An item with the key that its result is recorded under. */
export interface KeyedItem {
  readonly item: Item;
  readonly parts: ItemKeyParts;
  readonly key: CacheKey;
  result?: ItemResult;
}
