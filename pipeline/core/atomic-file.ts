import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crashPoint, type WrittenKind } from './crash-point.js';
import { writing } from './disk-failure.js';
import { hasErrorCode } from './error-code.js';
import { syncFolder } from './folder-sync.js';
import { processIdentity } from './process-identity.js';

let asideCount = 0;

/** A name for a file that is still being written; it says whose it is, so that others know when it is left over. */
export function asideName(prefix: string): string {
  return `${prefix}.${processIdentity}-${asideCount++}.new`;
}

/**
 * Replaces a file as a whole: written aside, fsynced, renamed, and the folder's entry fsynced too.
 * A reader sees the old content or the new one, never a part. Makes the folder when it is missing.
 * @throws UserError naming the path when the disk is full or fails
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  kind: WrittenKind = 'file',
): Promise<void> {
  const aside = asideName(path);
  await writing(path, async () => {
    try {
      await writeSynced(aside, data, kind);
      await moveInto(aside, path, kind);
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/** Writes a new file and waits until it is on the disk. */
export async function writeSynced(
  path: string,
  data: string | Uint8Array,
  kind: WrittenKind | 'blob',
): Promise<void> {
  crashPoint(`${kind}-before-write`);
  const handle = await openNew(path);
  try {
    await handle.writeFile(data);
    crashPoint(`${kind}-before-sync`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a complete, synced file its name. The folder must be there. */
export async function moveInto(from: string, to: string, kind: WrittenKind | 'blob'): Promise<void> {
  crashPoint(`${kind}-before-rename`);
  await rename(from, to);
  crashPoint(`${kind}-after-rename`);
  await syncFolder(dirname(to));
}

/** Makes a folder, and its own entry durable when it is new. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) await syncFolder(dirname(first));
}

async function openNew(path: string): ReturnType<typeof open> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    await makeFolder(dirname(path));
    return open(path, 'wx');
  }
}
