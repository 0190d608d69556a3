import { isDigest, type Digest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { changesBetween, type KeyChange, type KeyedStage, type SourceNames } from './changes.js';

/** A stage as it was made or would be made at some moment. */
export interface StageSnapshot extends KeyedStage {
  readonly key: Digest;
  /** Input name → the stages that are bound to it. */
  readonly origins: Readonly<Record<string, readonly string[]>>;
}

/** The stages at one moment, in a past run or now, by name. */
export type Snapshot = ReadonlyMap<string, StageSnapshot>;

/** A change of a key, and for an input what changed further up. */
export interface Cause {
  readonly change: KeyChange;
  readonly upstream: readonly UpstreamCause[];
}

/** Why an upstream stage has another result than before; without causes, nothing is known of it before. */
export interface UpstreamCause {
  readonly stage: string;
  readonly causes: readonly Cause[];
}

/**
 * Why a stage's key differs between two moments, followed through its inputs up to the source files and parameters
 * that somebody edited. A stage is followed once: what is said of it holds wherever it stands again.
 * @param before what to compare with, under whatever name it was made
 */
export function causesOf(
  stage: StageSnapshot,
  before: StageSnapshot,
  earlier: Snapshot,
  now: Snapshot,
): readonly Cause[] {
  const followed = new Set<string>();
  const upstreamCause = (name: string): readonly UpstreamCause[] => {
    const [was, is] = [earlier.get(name), now.get(name)];
    if (!is || followed.has(name) || was?.key === is.key) return [];
    followed.add(name);
    return [{ stage: name, causes: was ? between(is, was) : [] }];
  };
  const between = (is: StageSnapshot, was: StageSnapshot): readonly Cause[] =>
    changesBetween(was, is, is.origins).map((change) => ({
      change,
      upstream: change.part === 'inputs' ? change.from.flatMap(upstreamCause) : [],
    }));
  return between(stage, before);
}

/**
 * The source files of a stage that the changes of one of its items come from: those whose digests stand in the item's
 * old or new key. An item's key names contents; which file they are of, only the stage knows.
 */
export function sourcesBehind(
  changes: readonly KeyChange[],
  before: SourceNames,
  now: SourceNames,
): readonly KeyChange[] {
  const { old, fresh } = digestsOf(changes);
  const found: KeyChange[] = [];
  for (const role of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was = {}, is = {}] = [before[role], now[role]];
    for (const path of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const [first, second] = [was[path], is[path]];
      if (first === second || !((first && old.has(first)) || (second && fresh.has(second)))) continue;
      found.push({
        part: 'sources',
        role,
        path,
        ...(first === undefined ? {} : { before: first }),
        ...(second === undefined ? {} : { after: second }),
      });
    }
  }
  return found;
}

/** As sourcesBehind, for the files of an input; `before` and `now` are their paths by digest. */
export function filesBehind(
  changes: readonly KeyChange[],
  input: Extract<KeyChange, { part: 'inputs' }>,
  before: ReadonlyMap<Digest, string>,
  now: ReadonlyMap<Digest, string>,
): readonly KeyChange[] {
  const { old, fresh } = digestsOf(changes);
  const files = new Map<string, { before?: readonly Digest[]; after?: readonly Digest[] }>();
  for (const digest of old) {
    const path = before.get(digest);
    if (path !== undefined) files.set(path, { before: [digest] });
  }
  for (const digest of fresh) {
    const path = now.get(digest);
    if (path !== undefined) files.set(path, { ...files.get(path), after: [digest] });
  }
  return [...files].map(([path, sides]) => ({
    part: 'inputs',
    path: `${input.path}/${path}`,
    from: input.from,
    ...sides,
  }));
}

/** The contents that stand in an item's old key and no longer in the new one, and the other way round. */
function digestsOf(changes: readonly KeyChange[]): {
  readonly old: ReadonlySet<Digest>;
  readonly fresh: ReadonlySet<Digest>;
} {
  const [old, fresh] = [new Set<Digest>(), new Set<Digest>()];
  for (const change of changes) {
    if (change.part !== 'item') continue;
    for (const digest of digestsIn(change.before)) old.add(digest);
    for (const digest of digestsIn(change.after)) fresh.add(digest);
  }
  return {
    old: new Set([...old].filter((digest) => !fresh.has(digest))),
    fresh: new Set([...fresh].filter((digest) => !old.has(digest))),
  };
}

function digestsIn(value: JsonValue | undefined): readonly Digest[] {
  if (isDigest(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((each) => digestsIn(each));
}
