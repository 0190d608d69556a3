import { statSync } from 'node:fs';
import { chmod, copyFile, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideName, moveInto, writeSynced } from '../core/atomic-file.js';
import { concurrently } from '../core/concurrently.js';
import { crashPoint } from '../core/crash-point.js';
import { digestOfBytes, digestOfFile, isDigest, type Digest } from '../core/digest.js';
import { writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { MadeFolders } from '../core/made-folders.js';

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
  readonly #folders = new MadeFolders();

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'blobs');
    this.#aside = join(storeRoot, 'work', 'incoming');
  }

  /** Where a content lies, whether or not it is there. */
  path(digest: Digest): string {
    // Put together by hand: `join` would take a while for a hundred thousand of them.
    return `${this.#root}/${digest.slice(0, 2)}/${digest}`;
  }

  /** True when the content is there with the size it should have. */
  async has(content: StoredContent): Promise<boolean> {
    return (await this.sizeBytes(content.digest)) === content.sizeBytes;
  }

  /** As `has`, before it returns: for a local disk. */
  hasInLine(content: StoredContent): boolean {
    return statSync(this.path(content.digest), { throwIfNoEntry: false })?.size === content.sizeBytes;
  }

  /** The size of a content as it lies on the disk, right or wrong; `undefined` when it is not there. */
  async sizeBytes(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(this.path(digest))).size;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  /** All contents that lie in the store, with their sizes. */
  async list(): Promise<Map<Digest, number>> {
    const folders = await readdir(this.#root).catch(() => []);
    const found = new Map<Digest, number>();
    for (const folder of folders) {
      const names = (await readdir(join(this.#root, folder)).catch((): string[] => [])).filter(isDigest);
      await concurrently(names, 16, async (digest) => {
        const sizeBytes = await this.sizeBytes(digest);
        if (sizeBytes !== undefined) found.set(digest, sizeBytes);
      });
    }
    return found;
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.path(digest), { force: true });
  }

  /**
   * Takes a file into the store: it is gone from its old place afterwards.
   * @throws UserError naming the path when the disk is full or fails
   */
  async take(path: string): Promise<StoredContent> {
    const digest = await digestOfFile(path);
    const content = { digest, sizeBytes: (await stat(path)).size };
    if (await this.has(content)) {
      await rm(path);
      return content;
    }
    await writing(this.path(digest), async () => {
      try {
        await sync(path);
        await this.#publish(path, digest);
      } catch (error) {
        if (!hasErrorCode(error, 'EXDEV')) throw error;
        await this.#publishAside(digest, async (aside) => {
          await copyFile(path, aside);
          await sync(aside);
        });
        await rm(path);
      }
    });
    return content;
  }

  /** Puts bytes into the store. @throws UserError naming the path when the disk is full or fails */
  async put(data: string | Uint8Array): Promise<StoredContent> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const content = { digest: digestOfBytes(bytes), sizeBytes: bytes.byteLength };
    if (await this.has(content)) return content;
    await writing(this.path(content.digest), () =>
      this.#publishAside(content.digest, (aside) => writeSynced(aside, bytes, 'blob')),
    );
    return content;
  }

  async #publish(from: string, digest: Digest): Promise<void> {
    const to = this.path(digest);
    await this.#folders.make(dirname(to));
    await chmod(from, 0o444);
    await moveInto(from, to, 'blob');
  }

  async #publishAside(digest: Digest, write: (aside: string) => Promise<void>): Promise<void> {
    await this.#folders.make(this.#aside);
    const aside = join(this.#aside, asideName(digest.slice(0, 12)));
    try {
      await write(aside);
      await this.#publish(aside, digest);
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    crashPoint('blob-before-sync');
    await handle.sync();
  } finally {
    await handle.close();
  }
}
