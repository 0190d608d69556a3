import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../core/error-code.js';

/** A file with a store's content: a reflink where the file system has them, else a hard link, else a copy. */
export async function placeContent(content: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await copyFile(content, path, constants.COPYFILE_FICLONE_FORCE);
    await chmod(path, 0o644);
  } catch {
    await rm(path, { force: true });
    await link(content, path).catch(async (error: unknown) => {
      if (!hasErrorCode(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error;
      await copyFile(content, path);
      await chmod(path, 0o644);
    });
  }
}
