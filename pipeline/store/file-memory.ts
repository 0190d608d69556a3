import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { digestOfFile, isDigest, type Digest } from '../core/digest.js';

/** A file whose last change is younger than this may change again within its clock tick: hash it again. */
const untrustedAgeMs = 2000;

const entry = z.tuple([z.string(), z.custom<Digest>(isDigest)]);
const memoryFile = z.object({ version: z.literal(1), files: z.record(z.string(), entry) });

export interface HashedFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Inode, size and times: when this is the same, the content is taken to be. */
  readonly stamp: string;
}

/**
 * Remembers the digests of source files by (inode, size, mtime, ctime), so that a file is hashed once.
 * Losing this memory costs time, never correctness.
 */
export class FileMemory {
  readonly #path: string;
  #entries: Promise<Map<string, readonly [string, Digest]>> | undefined;
  #changed = false;

  constructor(storeRoot: string) {
    this.#path = join(storeRoot, 'file-memory.json');
  }

  /** @throws the file system's error when the file is not there or cannot be read */
  async hash(path: string): Promise<HashedFile> {
    const { stamp, sizeBytes, changedMs } = await stampOf(path);
    const entries = await (this.#entries ??= this.#load());
    const known = entries.get(path);
    if (known?.[0] === stamp) return { digest: known[1], sizeBytes, stamp };
    const digest = await digestOfFile(path);
    if (Date.now() - changedMs > untrustedAgeMs) {
      entries.set(path, [stamp, digest]);
      this.#changed = true;
    }
    return { digest, sizeBytes, stamp };
  }

  async save(): Promise<void> {
    if (!this.#changed || !this.#entries) return;
    const files = Object.fromEntries(await this.#entries);
    await writeAtomically(this.#path, JSON.stringify({ version: 1, files }));
    this.#changed = false;
  }

  async #load(): Promise<Map<string, readonly [string, Digest]>> {
    try {
      const { files } = memoryFile.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return new Map(Object.entries(files));
    } catch {
      return new Map();
    }
  }
}

/** What a file's content is recognized by without reading it. */
export async function stampOf(
  path: string,
): Promise<{ stamp: string; sizeBytes: number; changedMs: number }> {
  const facts = await stat(path, { bigint: true });
  const stamp = [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':');
  return { stamp, sizeBytes: Number(facts.size), changedMs: Number(facts.mtimeNs / 1_000_000n) };
}
