import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isDigest, digestOfJson, type Digest } from '../../core/digest.js';
import { itemKey, type CacheKey, type ItemKeyParts } from '../key-parts.js';
import { itemRecordOf, type ItemRecord } from '../records.js';

/** So many items to an object: a hundred thousand are two dozen requests. */
export const itemsAPack = 4096;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** What all items of a kind have in common that could have equal keys: their packs are looked for under this. */
export function itemFamily({ kind, revision, tools }: Omit<ItemKeyParts, 'item'>): Digest {
  return digestOfJson({ kind, revision, tools });
}

/** Records of items as the bytes of one object: a line each, its key before it, gzipped. */
export async function packItems(items: ReadonlyMap<CacheKey, ItemRecord>): Promise<Buffer> {
  const lines = [...items].map(([key, record]) => `${key} ${JSON.stringify(record)}\n`);
  return zip(lines.join(''));
}

/**
 * The records of a pack, without a look at those that nobody wants.
 * @throws Error for what is no pack
 */
export async function unpackItems(
  bytes: Uint8Array,
  wants: (key: CacheKey) => boolean,
): Promise<ReadonlyMap<CacheKey, ItemRecord>> {
  const found = new Map<CacheKey, ItemRecord>();
  for (const line of (await unzip(bytes)).toString('utf8').split('\n')) {
    const key = line.slice(0, 64);
    if (!isDigest(key) || !wants(key)) continue;
    const record = itemRecordOf(JSON.parse(line.slice(65)));
    if (record && itemKey(record.parts) === key) found.set(key, record);
  }
  return found;
}
