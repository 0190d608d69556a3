import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../core/atomic-file.js';
import { digestOfBytes, digestOfFile, type Digest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';

/** A content as the store knows it. */
export interface StoredContent {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/**
 * Contents by their SHA-256, one read-only file each: `blobs/ab/abcd…`. A content appears whole or not at all,
 * and appears once, however many artifacts name it.
 */
export class Blobs {
  readonly #root: string;
  readonly #aside: string;
  readonly #madeFolders = new Map<string, Promise<unknown>>();

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'blobs');
    this.#aside = join(storeRoot, 'work', 'incoming');
  }

  /** Where a content lies, whether or not it is there. */
  path(digest: Digest): string {
    return join(this.#root, digest.slice(0, 2), digest);
  }

  /** True when the content is there with the size it should have. */
  async has(content: StoredContent): Promise<boolean> {
    return (await this.#sizeBytes(content.digest)) === content.sizeBytes;
  }

  /** True when the content is there, whatever its size. */
  async holds(digest: Digest): Promise<boolean> {
    return (await this.#sizeBytes(digest)) !== undefined;
  }

  /** Takes a file into the store: it is gone from its old place afterwards. */
  async take(path: string): Promise<StoredContent> {
    const digest = await digestOfFile(path);
    const content = { digest, sizeBytes: (await stat(path)).size };
    if (await this.has(content)) {
      await rm(path);
      return content;
    }
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
    try {
      await this.#publish(path, digest);
    } catch (error) {
      if (!hasErrorCode(error, 'EXDEV')) throw error;
      const copy = await this.#asidePath();
      await copyFile(path, copy);
      await this.#publish(copy, digest);
      await rm(path);
    }
    return content;
  }

  /** Puts bytes into the store. */
  async put(data: string | Uint8Array): Promise<StoredContent> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const content = { digest: digestOfBytes(bytes), sizeBytes: bytes.byteLength };
    if (await this.has(content)) return content;
    const aside = await this.#asidePath();
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#publish(aside, content.digest);
    return content;
  }

  async #sizeBytes(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(this.path(digest))).size;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  async #publish(from: string, digest: Digest): Promise<void> {
    const to = this.path(digest);
    await this.#makeFolder(dirname(to));
    await chmod(from, 0o444);
    await rename(from, to);
    await syncFolder(dirname(to));
  }

  async #asidePath(): Promise<string> {
    await this.#makeFolder(this.#aside);
    return join(this.#aside, randomBytes(12).toString('hex'));
  }

  /** Folders are made once a process; many contents go into the same 256. */
  async #makeFolder(folder: string): Promise<void> {
    let made = this.#madeFolders.get(folder);
    if (!made) {
      made = mkdir(folder, { recursive: true });
      this.#madeFolders.set(folder, made);
    }
    await made;
  }
}
