import { digestOfBytes } from './digest.js';
import type { JsonValue } from './json.js';

/** Values of environment variables by name; what they are must not come to stand in any file. */
export type Secrets = Readonly<Record<string, string>>;

/** Shorter values are no secrets, and would turn up in everything that is said. */
const shortestHidden = 4;

/**
 * A value as it may stand in a key or a record: a secret is there by its name and a digest, so that another value
 * of it still makes another key.
 */
export function withDigestsOfSecrets(value: JsonValue, secrets: Secrets): JsonValue {
  return mapTexts(
    value,
    replacer(secrets, 1, (name, secret) => `\${env.${name}#${digestOfBytes(secret).slice(0, 16)}}`),
  );
}

/** A value as it may be shown and journalled: a secret is there by its name alone. */
export function withoutSecrets<T>(value: T, secrets: Secrets): T {
  return mapTexts(
    value,
    replacer(secrets, shortestHidden, (name) => `\${env.${name}}`),
  );
}

function replacer(
  secrets: Secrets,
  leastLength: number,
  stand: (name: string, secret: string) => string,
): ((text: string) => string) | undefined {
  // The longest first: one secret may be part of another.
  const known = Object.entries(secrets)
    .filter(([, secret]) => secret.length >= leastLength)
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
  if (known.length === 0) return undefined;
  const places = new Map(known.map(([name, secret]) => [secret, stand(name, secret)]));
  const any = new RegExp(
    [...places.keys()].map((secret) => secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(any, (secret) => places.get(secret) ?? secret);
}

function mapTexts<T>(value: T, change: ((text: string) => string) | undefined): T {
  if (change === undefined) return value;
  const visit = (node: unknown): unknown => {
    if (typeof node === 'string') return change(node);
    if (Array.isArray(node)) return node.map(visit);
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item)]));
    return node;
  };
  return visit(value) as T;
}
