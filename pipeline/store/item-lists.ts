import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import { isDigest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import type { CacheKey } from './key-parts.js';

/** An item of a map stage: its name in the stage, and the key of its record. */
export interface ListedItem {
  readonly id: string;
  readonly key: CacheKey;
}

/**
 * Which items belong to a map stage, by the stage's key: `items/ab/<key>.txt`, an item's key and its name (as JSON)
 * a line, and a last line that counts them. Written before the first item is made, so that garbage collection knows
 * what a killed run had finished. The names stand here and in no record, for a name may make nothing run again:
 * whoever asks why an item is made anew compares it with the one of the same name.
 */
export class ItemLists {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'items');
  }

  async write(stage: CacheKey, items: readonly ListedItem[]): Promise<void> {
    const lines = items.map(({ id, key }) => `${key} ${JSON.stringify(id)}`);
    const text = [...lines, `${items.length} items`, ''].join('\n');
    const before = await readFile(this.#path(stage), 'utf8').catch(() => undefined);
    if (before !== text) await writeAtomically(this.#path(stage), text, 'item-list');
  }

  /** `undefined` when there is no list; `broken` when there is one that is not whole. */
  async read(stage: CacheKey): Promise<readonly ListedItem[] | 'broken' | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path(stage), 'utf8');
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
    const lines = text.split('\n');
    const items = lines.slice(0, -2).flatMap((line) => parseLine(line) ?? []);
    const whole = items.length === lines.length - 2 && lines.at(-2) === `${items.length} items`;
    return whole && lines.at(-1) === '' ? items : 'broken';
  }

  /** The keys of the stages that have a list. */
  async stages(): Promise<readonly CacheKey[]> {
    const folders = await readdir(this.#root).catch(() => []);
    const names = await Promise.all(folders.map((name) => readdir(join(this.#root, name)).catch(() => [])));
    return names
      .flat()
      .map((name) => name.replace(/\.txt$/, ''))
      .filter(isDigest);
  }

  async remove(stage: CacheKey): Promise<void> {
    await rm(this.#path(stage), { force: true });
  }

  #path(stage: CacheKey): string {
    return join(this.#root, stage.slice(0, 2), `${stage}.txt`);
  }
}

function parseLine(line: string): ListedItem | undefined {
  const end = line.indexOf(' ');
  const key = line.slice(0, end);
  if (!isDigest(key)) return undefined;
  try {
    const id: unknown = JSON.parse(line.slice(end + 1));
    return typeof id === 'string' ? { id, key } : undefined;
  } catch {
    return undefined;
  }
}
