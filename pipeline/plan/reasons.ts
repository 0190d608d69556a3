import { canonicalJson } from '../core/canonical-json.js';
import type { JsonValue } from '../core/json.js';
import type { Digest } from '../core/digest.js';
import type { StageKeyParts } from '../store/key-parts.js';

/** What the reasons for running a stage are worked out from. */
export interface KeyedStage {
  readonly parts: StageKeyParts;
  /** The names of the source files by role. */
  readonly sourceNames: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
}

/**
 * Why a stage has to run although an earlier record of it exists: which parts of its key differ, in words.
 * @param inputOrigins input name → what is bound to it in the file, for the message
 */
export function changesBetween(
  before: KeyedStage,
  now: KeyedStage,
  inputOrigins: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const changes: string[] = [];
  if (before.parts.kind !== now.parts.kind) return [`uses changed: ${before.parts.kind} → ${now.parts.kind}`];
  if (before.parts.revision !== now.parts.revision)
    changes.push(
      `${now.parts.kind} itself changed (revision ${before.parts.revision} → ${now.parts.revision})`,
    );
  for (const change of jsonChanges(before.parts.params, now.parts.params)) changes.push(change);
  if (before.parts.seed !== now.parts.seed) changes.push('the seed changed');
  for (const role of names(before.sourceNames, now.sourceNames)) {
    const [old = {}, fresh = {}] = [before.sourceNames[role], now.sourceNames[role]];
    for (const name of names(old, fresh)) {
      if (old[name] === fresh[name]) continue;
      changes.push(`${role} ${name} ${!old[name] ? 'is new' : !fresh[name] ? 'is gone' : 'changed'}`);
    }
  }
  for (const input of names(before.parts.inputs, now.parts.inputs)) {
    if (same(before.parts.inputs[input], now.parts.inputs[input])) continue;
    const origins = inputOrigins[input]?.join(', ');
    changes.push(`input ${input} changed${origins ? ` (from ${origins})` : ''}`);
  }
  for (const change of jsonChanges(before.parts.tools, now.parts.tools)) changes.push(`tool ${change}`);
  return changes;
}

/** The leaves in which two JSON values differ, each as `path: before → now`. */
function jsonChanges(before: JsonValue | undefined, now: JsonValue | undefined, path = ''): string[] {
  if (same(before, now)) return [];
  if (isObject(before) && isObject(now))
    return names(before, now).flatMap((name) =>
      jsonChanges(before[name], now[name], path === '' ? name : `${path}.${name}`),
    );
  return [`${path || 'value'}: ${shown(before)} → ${shown(now)}`];
}

function isObject(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '(absent)';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function names(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
