import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import { concurrently } from '../core/concurrently.js';
import { digestOfFile, isDigest, type Digest } from '../core/digest.js';
import { UserError } from '../core/user-error.js';
import { stampFiles } from './file-stamps.js';

/** A file whose last change is younger than this may change again within its clock tick: hash it again. */
const untrustedAgeMs = 2000;

export interface HashedFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly stamp: string;
}

/** Stamp and digest by absolute path, as they were read: anything may stand there. */
type Entries = Record<string, unknown>;

/**
 * Remembers the digests of source files by (inode, size, mtime, ctime), so that a file is hashed once.
 * Losing this memory costs time, never correctness.
 */
export class FileMemory {
  readonly #path: string;
  #entries: Promise<Entries> | undefined;
  #changed = false;

  constructor(storeRoot: string) {
    this.#path = join(storeRoot, 'file-memory.json');
  }

  /** The digests of files, in the order of their paths. @throws UserError naming a file that cannot be read */
  async hash(paths: readonly string[]): Promise<HashedFile[]> {
    const entries = await (this.#entries ??= this.#load());
    const stamps = await stampFiles(paths);
    const hashed = new Array<HashedFile>(paths.length);
    const unknown: (() => Promise<void>)[] = [];
    for (const [index, path] of paths.entries()) {
      const found = stamps[index];
      if (found === undefined || found instanceof Error) throw unreadable(path, found);
      const { stamp, sizeBytes, changedMs } = found;
      const known = entries[path];
      // Checked by hand and where it is needed: a schema for a hundred thousand files would take longer than all else.
      if (Array.isArray(known) && known[0] === stamp && isDigest(known[1])) {
        hashed[index] = { digest: known[1], sizeBytes, stamp };
        continue;
      }
      unknown.push(async () => {
        const digest = await digestOfFile(path).catch((error: unknown) =>
          Promise.reject(unreadable(path, error)),
        );
        hashed[index] = { digest, sizeBytes, stamp };
        if (Date.now() - changedMs <= untrustedAgeMs) return;
        entries[path] = [stamp, digest];
        this.#changed = true;
      });
    }
    await concurrently(unknown, 16, (work) => work());
    return hashed;
  }

  async save(): Promise<void> {
    if (!this.#changed || !this.#entries) return;
    const files = await this.#entries;
    await writeAtomically(this.#path, JSON.stringify({ files }), 'file-memory');
    this.#changed = false;
  }

  async #load(): Promise<Entries> {
    try {
      const text = (await readFile(this.#path)).toString('utf8');
      const { files } = JSON.parse(text) as { readonly files?: unknown };
      if (typeof files === 'object' && files !== null) return files as Entries;
    } catch {
      // Not there or not whole: all files are hashed again.
    }
    return {};
  }
}

function unreadable(path: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : 'no answer';
  return new UserError(`${path} cannot be read: ${reason}`, { cause });
}
