import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from './canonical-json.js';
import type { JsonValue } from './json.js';

/** A SHA-256 in lower-case hex; branded, so that no other string passes for one. */
export type Digest = string & { readonly brand: 'Digest' };

const smallBytes = 2 ** 18;
const digestPattern = /^[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestPattern.test(text);
}

export function digestOfBytes(data: string | Uint8Array): Digest {
  return createHash('sha256').update(data).digest('hex') as Digest;
}

/** The digest of a value's canonical JSON: independent of key order and spelling. */
export function digestOfJson(value: JsonValue): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** Streams a file through SHA-256. @throws the file system's error when it cannot be read */
export async function digestOfFile(path: string): Promise<Digest> {
  const handle = await open(path, 'r');
  try {
    // A stream costs more than all else with a small file.
    if ((await handle.stat()).size <= smallBytes) return digestOfBytes(await handle.readFile());
    const hash = createHash('sha256');
    await pipeline(handle.createReadStream({ autoClose: false }), hash);
    return hash.digest('hex') as Digest;
  } finally {
    await handle.close();
  }
}
