import canonicalize from 'canonicalize';
import type { JsonValue } from './json.js';

/**
 * The one spelling of a JSON value (RFC 8785): keys sorted, numbers in their shortest form, no white space.
 * Two values that mean the same have the same text, whatever order they were written in.
 * @throws TypeError for what JSON cannot hold (NaN, infinities, functions)
 */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('This value has no JSON form, so it cannot be part of a key.');
  return text;
}
