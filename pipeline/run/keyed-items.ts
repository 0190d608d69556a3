import { withDigestsOfSecrets } from '../core/secrets.js';
import { UserError } from '../core/user-error.js';
import type { Item, ItemResult } from '../stage/context.js';
import type { MapStageKind } from '../stage/definition.js';
import { itemKey, type CacheKey, type ItemKeyParts } from '../store/key-parts.js';
import type { Store } from '../store/store.js';
import type { StageState } from './stage-state.js';

/** An item with the key that its result is recorded under. */
export interface KeyedItem {
  readonly item: Item;
  readonly parts: ItemKeyParts;
  readonly key: CacheKey;
  result?: ItemResult;
  /** The store has its result, whether or not it is held here, too. */
  isStored?: boolean;
}

/**
 * All items of a map stage with their keys.
 * @param wanted the ids of those that are needed: the others are left out, and after the last one nobody goes on
 */
export async function keyedItems(
  kind: MapStageKind,
  state: StageState,
  wanted?: ReadonlySet<string>,
): Promise<KeyedItem[]> {
  const items: KeyedItem[] = [];
  const seen = new Set<string>();
  for await (const item of kind.items(state.context)) {
    if (seen.has(item.id)) throw new UserError(`Two items of ${state.stage.name} are called ${item.id}.`);
    seen.add(item.id);
    if (wanted && !wanted.has(item.id)) continue;
    const parts: ItemKeyParts = {
      kind: kind.identity ?? kind.kind,
      revision: kind.revision,
      tools: state.tools,
      item: withDigestsOfSecrets(kind.itemKey(item, state.context), state.stage.secrets),
    };
    items.push({ item, parts, key: itemKey(parts) });
    if (items.length === wanted?.size) break;
  }
  return items;
}

/** All items of a map stage with their keys, and the results of those that the store already has. */
export async function lookUpItems(kind: MapStageKind, state: StageState, store: Store): Promise<KeyedItem[]> {
  const items = await keyedItems(kind, state);
  const recorded = await store.records.keys();
  await takeFromStore(
    items.filter(({ key }) => recorded.has(key)),
    'there',
    store,
  );
  return items;
}

const readAtOnce = 256;

/**
 * The results of items, in their order. Those that only the store holds are read a few at a time: a million frames with
 * their records are more than a machine's memory.
 * @throws UserError when a result is no longer in the store
 */
export async function* resultsOf(items: readonly KeyedItem[], store: Store): AsyncIterable<ItemResult> {
  for (let start = 0; start < items.length; start += readAtOnce) {
    const some = items.slice(start, start + readAtOnce);
    const stored = some.filter(({ result, isStored }) => !result && isStored);
    const read = stored.map(({ item, parts, key }): KeyedItem => ({ item, parts, key }));
    await takeFromStore(read, 'there', store);
    const found = new Map(read.map(({ item, result }) => [item.id, result]));
    for (const { item, result, isStored } of some) {
      const known = result ?? found.get(item.id);
      if (known) yield known;
      else if (isStored)
        throw new UserError(`The result of ${item.id} is no longer in the store.`, {
          hint: 'Run again: it is made anew.',
        });
    }
  }
}

/** Gives those items their results that the store has. */
export async function takeFromStore(
  items: readonly KeyedItem[],
  expected: 'there' | 'missing',
  store: Store,
): Promise<void> {
  const records = await store.records.readItems(
    items.map(({ key }) => key),
    expected,
  );
  for (const [index, keyed] of items.entries()) {
    const record = records[index];
    if (!record) continue;
    keyed.result = { item: keyed.item, files: record.files, value: record.value };
    keyed.isStored = true;
  }
}
