import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { identityPattern, processIsGone } from '../core/process-identity.js';

const asideFile = new RegExp(`\\.(${identityPattern})-\\d+\\.new$`);
const patienceMs = 24 * 3600 * 1000;

/** Where the store writes files aside before they get their names. */
const incoming = 'work/incoming';
const folders = ['', 'actions', 'buckets', 'facts', 'history', 'items', 'latest', 'pins', incoming];

/** The files that killed processes were writing: none that is being written now. */
export async function findLeftovers(storeRoot: string): Promise<readonly string[]> {
  return (await Promise.all(folders.map((folder) => leftoversIn(storeRoot, folder)))).flat();
}

/** The locks of runs, all of them: where no run goes on they are of dead ones, on whatever machine. */
export async function findLocks(storeRoot: string): Promise<readonly string[]> {
  const folder = join(storeRoot, 'locks');
  return (await readdir(folder).catch((): string[] => [])).map((name) => join(folder, name));
}

/** What broken transfers out of a cache left for the next attempt; of use until somebody wants them no more. */
export async function findParts(storeRoot: string): Promise<readonly string[]> {
  const names = await readdir(join(storeRoot, incoming)).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.part')).map((name) => join(storeRoot, incoming, name));
}

/** Removes what killed processes left of contents, the large part of it: cheap, so every run does it. */
export async function removeIncomingLeftovers(storeRoot: string): Promise<void> {
  for (const path of await leftoversIn(storeRoot, incoming)) await rm(path, { force: true });
}

async function leftoversIn(storeRoot: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  const names = await readdir(join(storeRoot, folder), { recursive: folder !== '' }).catch(() => []);
  for (const name of names) {
    const identity = asideFile.exec(name)?.[1];
    if (identity === undefined) continue;
    const path = join(storeRoot, folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts && processIsGone(identity, Date.now() - facts.mtimeMs, patienceMs)) found.push(path);
  }
  return found;
}

/** What a folder holds in all, in bytes. */
export async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    if (entry.isFile())
      sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  return sum;
}
