import { isDigest } from '../../core/digest.js';
import { nearestName } from '../../core/nearest-name.js';
import { UserError } from '../../core/user-error.js';
import { itemChangesBetween, nearestKey } from '../../plan/changes.js';
import { causesOf, filesBehind, sourcesBehind, type Cause, type StageSnapshot } from '../../plan/explain.js';
import { keyedItems, type KeyedItem } from '../../run/keyed-items.js';
import type { StageState } from '../../run/stage-state.js';
import type { CacheKey } from '../../store/key-parts.js';
import type { ItemRecord } from '../../store/records.js';
import { runWithKey, snapshotOf, type Moments } from './moments.js';

/** What somebody who asks about an item of a map stage gets to know. */
export interface ItemAnswer {
  readonly stage: string;
  readonly item: string;
  readonly kind: string;
  /** Whether its stage is up to date, would take it from the store, or would make it. */
  readonly state: 'current' | 'reused' | 'runs';
  /** When it was made; ISO 8601. */
  readonly madeAt?: string;
  /** The earlier item that it was compared with, and the run it is of. */
  readonly with?: { readonly item: string; readonly run?: string };
  /** In what its key differs from that item's. Empty when it is the same one, or nothing earlier is known. */
  readonly causes: readonly Cause[];
}

/** Why an item is made, or when it was. @throws UserError when the stage has no such item */
export async function answerForItem(state: StageState, id: string, moments: Moments): Promise<ItemAnswer> {
  const { name, kind } = state.stage;
  if (kind.mode !== 'map')
    throw new UserError(`${name} is made as a whole: ${kind.kind} has no items.`, {
      hint: `Ask for ${name}.`,
    });
  const items = await keyedItems(kind, state);
  const keyed = items.find(({ item }) => item.id === id);
  if (!keyed) {
    const ids = items.map(({ item }) => item.id);
    const near = nearestName(id, ids);
    throw new UserError(`${name} has no item ${id}.`, {
      hint: near
        ? `Did you mean ${near}?`
        : `It has ${ids.length}: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}.`,
    });
  }
  const made = await moments.store.records.readItem(keyed.key);
  return {
    stage: name,
    item: id,
    kind: kind.kind,
    state: state.record ? 'current' : made ? 'reused' : 'runs',
    ...(made ? { madeAt: made.finishedAt } : {}),
    ...(await compared(keyed, state, moments)),
  };
}

async function compared(
  keyed: KeyedItem,
  state: StageState,
  moments: Moments,
): Promise<Pick<ItemAnswer, 'with' | 'causes'>> {
  const before = await stageBefore(state, moments);
  if (before === undefined) return { causes: [] };
  const run = runWithKey(moments, state.stage.name, before.key);
  const nearest = await nearestItem(keyed, before.key, moments);
  if (!nearest) return { causes: [] };
  const identity = { item: nearest.id, ...(run ? { run: run.runId } : {}) };
  if (nearest.key === keyed.key) return { with: identity, causes: [] };
  const changes = itemChangesBetween(nearest.record.parts, keyed.parts);
  const causes: Cause[] = changes.map((change) => ({ change, upstream: [] }));

  const present = moments.now.get(state.stage.name);
  if (!present) return { with: identity, causes };
  const earlier = run ? await snapshotOf(run, moments) : new Map<string, StageSnapshot>();
  const ofStage = causesOf(present, before, earlier, moments.now);
  const origins: Cause[] = sourcesBehind(changes, before.sourceNames, present.sourceNames).map((change) => ({
    change,
    upstream: [],
  }));
  for (const cause of ofStage) {
    if (cause.change.part !== 'inputs') continue;
    const old = await filesByDigest(cause.change.before ?? [], moments);
    const fresh = await filesByDigest(cause.change.after ?? [], moments);
    for (const change of filesBehind(changes, cause.change, old, fresh))
      origins.push({ change, upstream: cause.upstream });
  }
  // An item's key may hold what its stage made of a parameter or a record: then the stage's own changes tell.
  return { with: identity, causes: [...causes, ...(origins.length > 0 ? origins : ofStage)] };
}

/** The stage as it was before: made last, where it would run now; otherwise in the run before the present result. */
async function stageBefore(state: StageState, moments: Moments): Promise<StageSnapshot | undefined> {
  const { name } = state.stage;
  const latest = await moments.store.latestKey(moments.plan.file.name, name);
  const keys = [latest, ...moments.runs.map((run) => run.stages.get(name)?.key)];
  for (const key of keys) {
    if (!isDigest(key) || key === state.key) continue;
    const record = await moments.store.records.readStage(key);
    const origins = moments.now.get(name)?.origins ?? {};
    if (record) return { key, parts: record.parts, sourceNames: record.sourceNames, origins };
  }
  return undefined;
}

interface EarlierItem {
  readonly id: string;
  readonly key: CacheKey;
  readonly record: ItemRecord;
}

/** Of the stage's earlier items the one of the same key or name; otherwise the one that differs the least. */
async function nearestItem(
  { item, key, parts }: KeyedItem,
  stageKey: CacheKey,
  { store }: Moments,
): Promise<EarlierItem | undefined> {
  const listed = await store.itemLists.read(stageKey);
  // Without the list there is no explanation; results do not depend on it.
  const index = new Map(listed && listed !== 'broken' ? listed.map((each) => [each.id, each.key]) : []);
  const sameKey = [...index].find(([, other]) => other === key)?.[0];
  const named = sameKey ?? (index.has(item.id) ? item.id : undefined);
  const candidates: EarlierItem[] = [];
  for (const [id, other] of named === undefined ? index : [[named, index.get(named)] as const]) {
    const record = other && (await store.records.readItem(other));
    if (record && other) candidates.push({ id, key: other, record });
  }
  return nearestKey(candidates, ({ record }) => itemChangesBetween(record.parts, parts))?.nearest;
}

async function filesByDigest(
  artifacts: readonly CacheKey[],
  { store }: Moments,
): Promise<ReadonlyMap<CacheKey, string>> {
  const files = new Map<CacheKey, string>();
  for (const digest of artifacts) {
    if ((await store.blobs.sizeBytes(digest)) === undefined) continue;
    const reader = store.open({ type: '', digest, fileCount: 0, sizeBytes: 0 });
    for await (const file of reader.files()) files.set(file.digest, file.path);
  }
  return files;
}
