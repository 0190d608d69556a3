import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import { isDigest } from '../core/digest.js';
import type { CacheKey } from './key-parts.js';

/**
 * Which item a map stage's item records belong to: `item-names/ab/<stage key>.ndjson`, a line `["id","key"]` each. An
 * item's record does not hold its name, for a name may make nothing run again; whoever asks why an item is made
 * anew wants to compare it with the one of the same name. Losing them costs an explanation, never a result.
 */
export class ItemNames {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'item-names');
  }

  async write(stage: CacheKey, items: Iterable<readonly [id: string, key: CacheKey]>): Promise<void> {
    let text = '';
    for (const item of items) text += `${JSON.stringify(item)}\n`;
    await writeAtomically(this.#path(stage), text);
  }

  /** The keys by item; empty when nothing is known. */
  async read(stage: CacheKey): Promise<ReadonlyMap<string, CacheKey>> {
    const text = await readFile(this.#path(stage), 'utf8').catch(() => '');
    const items = new Map<string, CacheKey>();
    for (const line of text.split('\n')) {
      try {
        const entry: unknown = JSON.parse(line);
        if (Array.isArray(entry) && typeof entry[0] === 'string' && isDigest(entry[1]))
          items.set(entry[0], entry[1]);
      } catch {
        // The end of the text, or a line that was cut.
      }
    }
    return items;
  }

  #path(stage: CacheKey): string {
    return join(this.#root, stage.slice(0, 2), `${stage}.ndjson`);
  }
}
