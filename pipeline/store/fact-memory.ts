import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import { digestOfJson } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';

/**
 * Facts about the machine that take long to find out (what a Blender can do), each under the digest of what it
 * depends on: `facts/<digest>.json`. A fact that cannot be read is found out again.
 */
export class FactMemory {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'facts');
  }

  async remember<T extends JsonValue>(key: JsonValue, compute: () => Promise<T>): Promise<T> {
    const path = join(this.#root, `${digestOfJson(key)}.json`);
    try {
      return (JSON.parse(await readFile(path, 'utf8')) as { readonly value: T }).value;
    } catch {
      const value = await compute();
      await writeAtomically(path, `${JSON.stringify({ key, value })}\n`, 'fact');
      return value;
    }
  }
}
