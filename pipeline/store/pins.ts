import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { digestOfJson, isDigest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import { UserError } from '../core/user-error.js';
import type { CacheKey } from './key-parts.js';

/** A result that garbage collection keeps, whichever runs are kept. */
export interface Pin {
  readonly key: CacheKey;
  readonly pipeline: string;
  readonly stage: string;
  readonly pinnedAt: string;
}

const pinSchema = z.object({
  key: z.custom<CacheKey>(isDigest),
  pipeline: z.string(),
  stage: z.string(),
  pinnedAt: z.string(),
});

/** The pins: `pins/<digest of pipeline, stage and key>.json`. A stage may have several, one a result. */
export class Pins {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'pins');
  }

  async add(pin: Pin): Promise<void> {
    await writeAtomically(this.#path(pin), `${JSON.stringify(pin)}\n`, 'pin');
  }

  async remove(pin: Pin): Promise<void> {
    await rm(this.#path(pin), { force: true });
  }

  /** All pins, the oldest first. @throws UserError naming a pin that cannot be read: nobody may guess what it kept */
  async list(): Promise<readonly Pin[]> {
    const names = await readdir(this.#root).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    });
    const pins: Pin[] = [];
    for (const name of names) {
      if (!name.endsWith('.json')) continue;
      const path = join(this.#root, name);
      const pin = pinSchema.safeParse(asJson(await readFile(path, 'utf8'))).data;
      if (!pin)
        throw new UserError(`${path} is no whole pin; what it kept is not known.`, {
          hint: 'Remove the file, and pin the stage again.',
        });
      pins.push(pin);
    }
    return pins.sort((a, b) => (a.pinnedAt < b.pinnedAt ? -1 : 1));
  }

  #path({ pipeline, stage, key }: Pin): string {
    return join(this.#root, `${digestOfJson({ pipeline, stage, key })}.json`);
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
