import { isDigest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { unreachable } from '../core/unreachable.js';
import type { KeyChange } from './changes.js';

/** More files that changed alike are counted. */
const namedFiles = 3;

/** A change of a key as people say it: what a run gives as its reason. */
export function changeInWords(change: KeyChange): string {
  switch (change.part) {
    case 'kind':
      return `uses changed: ${change.before} → ${change.after}`;
    case 'revision':
      return `${change.path} itself changed (revision ${change.before} → ${change.after})`;
    case 'params':
      return leaf(change);
    case 'tools':
      return `tool ${leaf(change)}`;
    case 'item':
      return `its ${leaf(change)}`;
    case 'seed':
      return 'the seed changed';
    case 'sources':
      return `${change.role} ${change.path} ${whatHappened(change, 1)}`;
    case 'inputs': {
      const origins = change.from.join(', ');
      return `input ${change.path} changed${origins ? ` (from ${origins})` : ''}`;
    }
    default:
      return unreachable(change);
  }
}

/**
 * All changes of a key as a run gives them as its reasons, one a line: of many source files that changed alike, the
 * first are named and the others counted.
 */
export function reasonsInWords(changes: readonly KeyChange[]): readonly string[] {
  const alike = new Map<string, SourceChange[]>();
  for (const change of changes) if (change.part === 'sources') pushTo(alike, groupOf(change), change);
  const told = new Set<string>();
  return changes.flatMap((change) => {
    if (change.part !== 'sources') return changeInWords(change);
    const group = alike.get(groupOf(change)) ?? [];
    if (group.length <= namedFiles) return changeInWords(change);
    if (told.has(groupOf(change))) return [];
    told.add(groupOf(change));
    const named = group.slice(0, namedFiles).map(({ path }) => path);
    const more = group.length - namedFiles;
    return `${change.role} ${named.join(', ')} and ${more} more ${whatHappened(change, group.length)}`;
  });
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

type SourceChange = Extract<KeyChange, { part: 'sources' }>;

function groupOf(change: SourceChange): string {
  return JSON.stringify([change.role, whatHappened(change, 1)]);
}

function whatHappened({ before, after }: SourceChange, count: number): string {
  const be = count === 1 ? 'is' : 'are';
  if (before === undefined) return `${be} new`;
  return after === undefined ? `${be} gone` : 'changed';
}

/** As changeInWords, with the old and the new value where the short words leave them out. */
export function changeInFull(change: KeyChange): string {
  switch (change.part) {
    case 'seed':
    case 'inputs':
      return `${changeInWords(change)}: ${values(change)}`;
    case 'sources':
      return change.before === undefined || change.after === undefined
        ? changeInWords(change)
        : `${changeInWords(change)}: ${values(change)}`;
    default:
      return changeInWords(change);
  }
}

function leaf(change: { path: string; before?: JsonValue; after?: JsonValue }): string {
  return `${change.path || 'value'}: ${values(change)}`;
}

function values({ before, after }: { before?: JsonValue; after?: JsonValue }): string {
  return `${shown(before)} → ${shown(after)}`;
}

/** Short enough for a line; of a digest as much as tells two apart. */
function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '(absent)';
  if (isDigest(value)) return value.slice(0, 8);
  if (Array.isArray(value) && value.length > 0 && value.every(isDigest)) {
    const few = value.slice(0, 3).map(shown).join(', ');
    return value.length > 3 ? `${few}, … (${value.length})` : few;
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
