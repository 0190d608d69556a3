import type { Diagnostic } from '../core/diagnostic.js';
import { failure, success, type Result } from '../core/result.js';
import { SourceText } from './source-text.js';

/**
 * What a pipeline.ts exports as a document. Mistakes are located by the file and the place in the object: which line of
 * a program made a value cannot be told.
 */
export function objectSource(exported: unknown, shownAs: string): Result<SourceText, readonly Diagnostic[]> {
  const strange = findStrange(exported, []);
  if (strange) {
    const source = SourceText.ofObject(shownAs, {});
    const range = source.locateValue(strange.path);
    const message = `This is ${strange.what}; a pipeline is made of texts, numbers, lists and plain objects.`;
    return failure([{ severity: 'error', message, ...(range ? { range } : {}) }]);
  }
  return success(SourceText.ofObject(shownAs, exported));
}

interface Strange {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/** The first value that JSON cannot carry; properties that are undefined count as left out. */
function findStrange(
  value: unknown,
  path: readonly (string | number)[],
  above: readonly object[] = [],
): Strange | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { path, what: String(value) };
  if (typeof value !== 'object') return { path, what: `a ${typeof value}` };
  if (above.includes(value)) return { path, what: 'an object that contains itself' };
  const plain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
  if (!plain) return { path, what: `a ${value.constructor.name}` };
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? (value as readonly unknown[]).map((item, index) => [index, item] as const)
    : Object.entries(value);
  for (const [key, item] of entries) {
    const found = findStrange(item, [...path, key], [...above, value]);
    if (found) return found;
  }
  return undefined;
}
