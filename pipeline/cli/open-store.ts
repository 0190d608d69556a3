import { dirname, join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { UserError } from '../core/user-error.js';
import { Store } from '../store/store.js';
import { loadPlan } from './load-plan.js';
import type { Program } from './program.js';

export interface StoreOptions {
  readonly set: readonly string[];
  readonly store?: string;
}

/**
 * The store of `[FILE]`, or that of `--store` alone, for which no pipeline file is needed.
 * @returns the store, and where the file's views are when there is a file
 * @throws UserError when there is no store yet
 */
export async function openStore(
  file: string | undefined,
  options: StoreOptions,
  program: Program,
): Promise<{ readonly store: Store; readonly viewDirectory?: string }> {
  if (file === undefined && options.store !== undefined) {
    const store = await existingStore(resolve(options.store));
    return { store };
  }
  const { plan, storeDirectory } = await loadPlan(file === undefined ? [] : [file], program, options);
  const store = await existingStore(storeDirectory);
  return { store, viewDirectory: join(dirname(plan.file.path), 'out') };
}

async function existingStore(folder: string): Promise<Store> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new UserError(`There is no store ${folder}.`, {
      hint: '`pipeline run` makes one; --store says where another is.',
    });
  return new Store(folder);
}
