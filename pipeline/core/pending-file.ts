import { closeSync, fsync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { asideName } from './atomic-file.js';
import { crashPoint, type WrittenKind } from './crash-point.js';
import { syncFolder } from './folder-sync.js';

const syncFile = promisify(fsync);

/**
 * A complete file that waits to be synced and to get its name: many of them wait together, and what a local disk does
 * in microseconds is done in line, for which the way through the thread pool would take ten times as long. Only the
 * syncs are waited for. One that is not published is discarded.
 */
export class PendingFile {
  #isOpen = true;
  #isPublished = false;

  private constructor(
    readonly kind: WrittenKind | 'blob',
    readonly path: string,
    readonly aside: string,
    readonly descriptor: number,
    readonly ownsAside: boolean,
  ) {}

  /** Writes a file aside. The folder of its path must be there. */
  static write(path: string, data: string, kind: WrittenKind): PendingFile {
    const aside = asideName(path);
    crashPoint(`${kind}-before-write`);
    const pending = new PendingFile(kind, path, aside, openSync(aside, 'wx'), true);
    try {
      writeFileSync(pending.descriptor, data);
      return pending;
    } catch (error) {
      pending.discard();
      throw error;
    }
  }

  /** A file that lies somewhere on the same disk and is open. Discarded, it stays where it is. */
  static adopt(from: string, descriptor: number, path: string, kind: WrittenKind | 'blob'): PendingFile {
    return new PendingFile(kind, path, from, descriptor, false);
  }

  /** Waits until its content is on the disk. */
  async sync(): Promise<void> {
    crashPoint(`${this.kind}-before-sync`);
    await syncFile(this.descriptor);
  }

  /** Gives it its name, durable when the folder is synced. */
  publish(): void {
    this.#close();
    crashPoint(`${this.kind}-before-rename`);
    renameSync(this.aside, this.path);
    this.#isPublished = true;
    crashPoint(`${this.kind}-after-rename`);
  }

  get folder(): string {
    return dirname(this.path);
  }

  /** Gives it up, unless it is published: what was written aside is removed, what was adopted stays where it is. */
  discard(): void {
    this.#close();
    if (this.ownsAside && !this.#isPublished) rmSync(this.aside, { force: true });
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.descriptor);
  }
}

/** Makes the names of published files durable; of those in one folder at once. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  await Promise.all([...new Set(folders)].map(syncFolder));
}
