import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../core/error-code.js';

/**
 * Makes files with a store's contents: a reflink where the file system has them, else a hard link, else a copy. What
 * it has found out about the file system with the first file, it does not try again with the next.
 */
export class ContentPlacer {
  readonly #madeFolders = new Map<string, Promise<unknown>>();
  #reflinks = true;

  /** @param path is replaced when it is there */
  async place(content: string, path: string): Promise<void> {
    await this.#make(dirname(path));
    if (!(await this.#reflink(content, path))) await linkOrCopy(content, path);
  }

  async #reflink(content: string, path: string): Promise<boolean> {
    if (!this.#reflinks) return false;
    try {
      await copyFile(content, path, constants.COPYFILE_FICLONE_FORCE);
      await chmod(path, 0o644);
      return true;
    } catch {
      this.#reflinks = false;
      return false;
    }
  }

  async #make(folder: string): Promise<void> {
    let made = this.#madeFolders.get(folder);
    if (!made) {
      made = mkdir(folder, { recursive: true });
      this.#madeFolders.set(folder, made);
    }
    await made;
  }
}

async function linkOrCopy(content: string, path: string): Promise<void> {
  try {
    await link(content, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST', 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error;
    await rm(path, { force: true });
    await link(content, path).catch(async (again: unknown) => {
      if (!hasErrorCode(again, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw again;
      await copyFile(content, path);
      await chmod(path, 0o644);
    });
  }
}
