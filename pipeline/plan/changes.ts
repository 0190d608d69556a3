import { canonicalJson } from '../core/canonical-json.js';
import type { Digest } from '../core/digest.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { ItemKeyParts, StageKeyParts } from '../store/key-parts.js';

/** One thing in which two keys differ. What is undefined was not there before, or is no longer there. */
export type KeyChange =
  /** Another stage kind altogether. */
  | { readonly part: 'kind'; readonly path: ''; readonly before: string; readonly after: string }
  /** The stage kind's author raised its revision. */
  | {
      readonly part: 'revision';
      readonly path: string;
      readonly before: number;
      readonly after: number;
    }
  /** A leaf of the parameters, of the tool versions or of an item's own key; `path` has dots. */
  | {
      readonly part: 'params' | 'tools' | 'item';
      readonly path: string;
      readonly before?: JsonValue;
      readonly after?: JsonValue;
    }
  | { readonly part: 'seed'; readonly path: ''; readonly before?: number; readonly after?: number }
  /** A source file; `path` is its name in its role. */
  | {
      readonly part: 'sources';
      readonly role: string;
      readonly path: string;
      readonly before?: Digest;
      readonly after?: Digest;
    }
  /** An input, named by `path`; `from` are the stages that are bound to it. */
  | {
      readonly part: 'inputs';
      readonly path: string;
      readonly from: readonly string[];
      readonly before?: readonly Digest[];
      readonly after?: readonly Digest[];
    }
  /** What the artifacts of a `named` input are called. */
  | {
      readonly part: 'names';
      readonly path: string;
      readonly before?: readonly string[];
      readonly after?: readonly string[];
    };

/** What the reasons for running a stage are worked out from. */
export interface KeyedStage {
  readonly parts: StageKeyParts;
  /** The names of the source files by role. */
  readonly sourceNames: SourceNames;
}

/** Source files' contents by role and name. */
export type SourceNames = Readonly<Record<string, Readonly<Record<string, Digest>>>>;

/** The role among a stage's source files of those that its kind is written in, where the user brings it along. */
export const moduleRole = 'uses';

/**
 * In which parts the keys of two stages differ.
 * @param inputOrigins input name → the stages that are bound to it in the file
 */
export function changesBetween(
  before: KeyedStage,
  now: KeyedStage,
  inputOrigins: Readonly<Record<string, readonly string[]>>,
): readonly KeyChange[] {
  const [old, fresh] = [before.parts, now.parts];
  // Of a kind that somebody wrote, the files tell what has changed.
  const isEdited = moduleRole in before.sourceNames && moduleRole in now.sourceNames;
  if (old.kind !== fresh.kind && !isEdited)
    return [{ part: 'kind', path: '', before: old.kind, after: fresh.kind }];
  const changes: KeyChange[] = [
    ...revisionChanges(old, fresh),
    ...leafChanges('params', old.params, fresh.params),
  ];
  if (old.seed !== fresh.seed) changes.push({ part: 'seed', path: '', ...sides(old.seed, fresh.seed) });
  for (const role of names(before.sourceNames, now.sourceNames)) {
    const [was = {}, is = {}] = [before.sourceNames[role], now.sourceNames[role]];
    // What a module is called is in no key: one that is there under another name has not changed.
    const [left, right] = role === moduleRole ? [without(was, is), without(is, was)] : [was, is];
    for (const path of names(left, right))
      if (left[path] !== right[path])
        changes.push({ part: 'sources', role, path, ...sides(left[path], right[path]) });
  }
  for (const path of names(old.inputs, fresh.inputs)) {
    const [was, is] = [old.inputs[path], fresh.inputs[path]];
    if (!same(was, is))
      changes.push({ part: 'inputs', path, from: inputOrigins[path] ?? [], ...sides(was, is) });
  }
  const [oldNames = {}, freshNames = {}] = [old.inputNames, fresh.inputNames];
  for (const path of names(oldNames, freshNames)) {
    const [was, is] = [oldNames[path], freshNames[path]];
    if (!same(was, is)) changes.push({ part: 'names', path, ...sides(was, is) });
  }
  return [...changes, ...leafChanges('tools', old.tools, fresh.tools)];
}

/** In which parts the keys of two items differ. */
export function itemChangesBetween(before: ItemKeyParts, now: ItemKeyParts): readonly KeyChange[] {
  if (before.kind !== now.kind) return [{ part: 'kind', path: '', before: before.kind, after: now.kind }];
  return [
    ...revisionChanges(before, now),
    ...leafChanges('item', before.item, now.item),
    ...leafChanges('tools', before.tools, now.tools),
  ];
}

/** Of some earlier keys, the one that differs in the fewest parts; of several, the first. */
export function nearestKey<T>(
  candidates: Iterable<T>,
  changesFrom: (candidate: T) => readonly KeyChange[],
): { readonly nearest: T; readonly changes: readonly KeyChange[] } | undefined {
  let best: { readonly nearest: T; readonly changes: readonly KeyChange[] } | undefined;
  for (const nearest of candidates) {
    const changes = changesFrom(nearest);
    if (!best || changes.length < best.changes.length) best = { nearest, changes };
  }
  return best;
}

/** The files whose contents are not among the others. */
function without(
  files: Readonly<Record<string, Digest>>,
  others: Readonly<Record<string, Digest>>,
): Readonly<Record<string, Digest>> {
  const known = new Set(Object.values(others));
  return Object.fromEntries(Object.entries(files).filter(([, digest]) => !known.has(digest)));
}

function revisionChanges(
  before: { readonly revision: number },
  now: { readonly revision: number; readonly kind: string },
): KeyChange[] {
  if (before.revision === now.revision) return [];
  return [{ part: 'revision', path: now.kind, before: before.revision, after: now.revision }];
}

/** The leaves in which two JSON values differ. A list of plain values is one leaf: its places mean nothing. */
function leafChanges(
  part: 'params' | 'tools' | 'item',
  before: JsonValue | undefined,
  now: JsonValue | undefined,
  path = '',
): KeyChange[] {
  if (same(before, now)) return [];
  const [old, fresh] = [branches(before), branches(now)];
  if (old && fresh && Array.isArray(before) === Array.isArray(now))
    return names(old, fresh).flatMap((name) =>
      leafChanges(part, old[name], fresh[name], path === '' ? name : `${path}.${name}`),
    );
  return [{ part, path, ...sides(before, now) }];
}

function branches(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return value as JsonObject;
  const nested = value.some((element) => typeof element === 'object' && element !== null);
  return nested ? Object.fromEntries(Object.entries(value as readonly JsonValue[])) : undefined;
}

/** `before` and `after`, each only where it is there. */
function sides<T>(before: T | undefined, after: T | undefined): { readonly before?: T; readonly after?: T } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function names(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
