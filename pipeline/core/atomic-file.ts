import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { hasErrorCode } from './error-code.js';

/**
 * Replaces a file as a whole: written aside, fsynced, renamed, and the folder's entry fsynced too.
 * A reader sees the old content or the new one, never a part. Makes the folder when it is missing.
 */
export async function writeAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path, typeof data === 'string' ? data : Buffer.from(data), { fsync: true });
  await syncFolder(folder);
}

/** Makes a rename or a new name in this folder survive a power cut, where the system lets folders be synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!hasErrorCode(error, 'EINVAL', 'ENOTSUP', 'EPERM')) throw error;
  } finally {
    await handle?.close();
  }
}
