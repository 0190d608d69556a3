import type { StageContext } from '../stage/context.js';
import type { MapStageKind } from '../stage/definition.js';
import { farmOf, makeItemsOnFarm } from './farm-stage.js';
import { fetchItems } from './fetch-items.js';
import { ItemTally } from './item-tally.js';
import { lookUpItems, resultsOf } from './keyed-items.js';
import { makeItems } from './make-items.js';
import type { StageAttempt } from './stage-attempt.js';

/**
 * Makes the items that the store does not have, here or on a cluster, then collects all of them.
 * @returns the number of items
 * @throws UserError at the end, when items failed
 */
export async function runMapStage(kind: MapStageKind, attempt: StageAttempt): Promise<number> {
  const { state, world } = attempt;
  const stage = state.stage.name;
  const items = await lookUpItems(kind, state, world.store);
  await fetchItems(stage, items, world);
  const pending = items.filter(({ result }) => !result);
  const reused = items.length - pending.length;
  await world.store.itemLists.write(
    state.key,
    items.map(({ item, key }) => ({ id: item.id, key })),
  );
  // A further attempt knows what the first one made as its own.
  if (attempt.number === 1) world.emit({ type: 'stage-items', stage, total: items.length, reused });

  const tally = new ItemTally(attempt, items.length, reused);
  if (farmOf(attempt) && pending.length > 0) await makeItemsOnFarm(attempt, pending, tally);
  else await makeItems(kind, attempt, pending, tally);
  tally.throwFailures();

  await kind.collect(resultsOf(items, world.store), attempt.context() satisfies StageContext<unknown>);
  return items.length;
}
