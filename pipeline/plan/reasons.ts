import { isDigest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { unreachable } from '../core/unreachable.js';
import type { KeyChange } from './changes.js';

const shownNames = 6;
const longestShown = 60;
/** Characters that are shown of what two long texts have in common. */
const contextShown = 12;

/** Where a source file lies, as people call it; undefined when it is not there any more. */
export type FindSource = (role: string, name: string) => string | undefined;
/** More files that changed alike are counted. */
const namedFiles = 3;

/** A change of a key as people say it: what a run gives as its reason. */
export function changeInWords(change: KeyChange, findSource: FindSource = () => undefined): string {
  switch (change.part) {
    case 'kind':
      return isOwn(change.before) && isOwn(change.after)
        ? 'the code of its stage changed'
        : `uses changed: ${change.before} → ${change.after}`;
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
      return `${sourceName(change, findSource)} ${whatHappened(change, 1)}`;
    case 'inputs': {
      const origins = change.from.join(', ');
      return `input ${change.path} changed${origins ? ` (from ${origins})` : ''}`;
    }
    case 'names':
      return `input ${change.path} is of others: ${namesChanged(change)}`;
    default:
      return unreachable(change);
  }
}

/**
 * All changes of a key as a run gives them as its reasons, one a line: of many source files that changed alike, the
 * first are named and the others counted.
 */
export function reasonsInWords(
  changes: readonly KeyChange[],
  findSource: FindSource = () => undefined,
): readonly string[] {
  const alike = new Map<string, SourceChange[]>();
  for (const change of changes) if (change.part === 'sources') pushTo(alike, groupOf(change), change);
  const told = new Set<string>();
  return changes.flatMap((change) => {
    if (change.part !== 'sources') return changeInWords(change, findSource);
    const group = alike.get(groupOf(change)) ?? [];
    if (group.length <= namedFiles) return changeInWords(change, findSource);
    if (told.has(groupOf(change))) return [];
    told.add(groupOf(change));
    const first = group.slice(0, namedFiles);
    const isKnown = first.some(({ role, path }) => findSource(role, path) !== undefined);
    const named = isKnown
      ? first.map((one) => sourceName(one, findSource)).join(', ')
      : `${change.role} ${first.map(({ path }) => path).join(', ')}`;
    const more = group.length - namedFiles;
    return `${named} and ${more} more ${whatHappened(change, group.length)}`;
  });
}

/** A kind that the user brings along is known by the digest of its source. */
function isOwn(kind: string): boolean {
  return kind.startsWith('source ');
}

function sourceName({ role, path }: SourceChange, findSource: FindSource): string {
  return findSource(role, path) ?? `${role} ${path}`;
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
export function changeInFull(change: KeyChange, findSource?: FindSource): string {
  switch (change.part) {
    case 'seed':
    case 'inputs':
      return `${changeInWords(change, findSource)}: ${values(change)}`;
    case 'sources':
      return change.before === undefined || change.after === undefined
        ? changeInWords(change, findSource)
        : `${changeInWords(change, findSource)}: ${values(change)}`;
    default:
      return changeInWords(change);
  }
}

function leaf(change: { path: string; before?: JsonValue; after?: JsonValue }): string {
  const place = singleDifference(change.before, change.after);
  if (place === undefined) return `${change.path || 'value'}: ${values(change)}`;
  return `${change.path || 'value'}.${place.index}: ${values(place)}`;
}

/** Where two long lists of one length differ in a single place; short ones are shown whole. */
function singleDifference(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): { readonly index: number; readonly before: JsonValue; readonly after: JsonValue } | undefined {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length !== after.length) return undefined;
  const [was, is] = [before as readonly JsonValue[], after as readonly JsonValue[]];
  const places = was.flatMap((value, index) =>
    JSON.stringify(value) === JSON.stringify(is[index]) ? [] : index,
  );
  const [index] = places;
  const isLong = [was, is].some((list) => JSON.stringify(list).length > longestShown);
  if (index === undefined || places.length > 1 || !isLong) return undefined;
  return { index, before: was[index] ?? null, after: is[index] ?? null };
}

function values({ before, after }: { before?: JsonValue; after?: JsonValue }): string {
  const [was, is] = [shown(before), shown(after)];
  const shared = sharedStart(was, is);
  return `${excerpt(was, shared)} → ${excerpt(is, shared)}`;
}

/** Of a text that is too long for a line, the part from shortly before where it differs from another. */
function excerpt(text: string, shared: number): string {
  if (text.length <= longestShown) return text;
  const start = shared > longestShown / 2 ? shared - contextShown : 0;
  const end = start + longestShown;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** `+ score[seed=3], - score[seed=1]`; the same names in another order cannot be: they are sorted. */
function namesChanged({
  before = [],
  after = [],
}: {
  before?: readonly string[];
  after?: readonly string[];
}): string {
  const fresh = after.filter((name) => !before.includes(name)).map((name) => `+ ${name}`);
  const gone = before.filter((name) => !after.includes(name)).map((name) => `- ${name}`);
  const all = [...fresh, ...gone];
  return all.length > shownNames
    ? `${all.slice(0, shownNames).join(', ')} and ${all.length - shownNames} more`
    : all.join(', ') || 'the same, another number of times';
}

/** Of a digest as much as tells two apart. */
function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '(absent)';
  if (isDigest(value)) return value.slice(0, 8);
  if (Array.isArray(value) && value.length > 0 && value.every(isDigest)) {
    const few = value.slice(0, 3).map(shown).join(', ');
    return value.length > 3 ? `${few}, … (${value.length})` : few;
  }
  return JSON.stringify(value);
}
