import { join, sep } from 'node:path';
import type { JsonValue } from '../../core/json.js';

const bucketUrl = /^(s3|azblob):\/\//;

/** Where, in a store, the copy of what lies at a URL of a bucket stands; another text is given back as it is. */
export function mirrorPath(text: string, storeRoot: string): string {
  const [, scheme] = bucketUrl.exec(text) ?? [];
  return scheme === undefined
    ? text
    : join(mirrorRoot(storeRoot), scheme, text.slice(scheme.length + '://'.length));
}

/** Whether an object of this name can have a copy as a file: names in buckets may hold what paths cannot. */
export function canMirror(name: string): boolean {
  return (
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !name.includes('\0')
  );
}

/** The URL whose copy stands, or would stand, at a path; undefined for a path that is none of a copy. */
export function mirroredUrl(path: string, storeRoot: string): string | undefined {
  const root = mirrorRoot(storeRoot) + sep;
  if (!path.startsWith(root)) return undefined;
  const [scheme = '', ...rest] = path.slice(root.length).split(sep);
  return `${scheme}://${rest.join('/')}`;
}

/** A value with all URLs of buckets in it as the paths of their copies. */
export function withMirrorPaths<T>(value: T, storeRoot: string): T {
  return mapTexts(value, (text) => mirrorPath(text, storeRoot)) as T;
}

/** The other way round: so that a key does not say where the store is. */
export function withMirroredUrls(value: JsonValue, storeRoot: string): JsonValue {
  return mapTexts(value, (text) => mirroredUrl(text, storeRoot) ?? text) as JsonValue;
}

function mirrorRoot(storeRoot: string): string {
  return join(storeRoot, 'buckets');
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
