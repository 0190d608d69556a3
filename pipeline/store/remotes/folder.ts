import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, opendir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { asideName, moveInto, writeSynced } from '../../core/atomic-file.js';
import { hasErrorCode } from '../../core/error-code.js';
import {
  RemoteFailure,
  type ReadOptions,
  type Remote,
  type RemoteData,
  type RemoteObject,
} from './remote.js';

/** A folder that several machines mount: objects are plain files, written aside and renamed. */
export class FolderRemote implements Remote {
  constructor(
    readonly url: string,
    readonly folder: string,
  ) {}

  async read(name: string, { offset = 0, etag, signal }: ReadOptions): Promise<Readable | undefined> {
    const facts = await this.#facts(name);
    if (!facts) return undefined;
    if (etag !== undefined && facts.etag !== etag)
      throw new RemoteFailure('changed', `${name} in ${this.url} has changed.`);
    return createReadStream(this.#path(name), { start: offset, signal });
  }

  async size(name: string): Promise<number | undefined> {
    return (await this.#facts(name))?.sizeBytes;
  }

  async write(name: string, data: RemoteData, signal: AbortSignal): Promise<void> {
    const path = this.#path(name);
    const aside = asideName(path);
    try {
      signal.throwIfAborted();
      await mkdir(dirname(path), { recursive: true });
      if ('bytes' in data) await writeSynced(aside, data.bytes, 'file');
      else {
        await copyFile(data.path, aside);
        await sync(aside);
      }
      await moveInto(aside, path, 'file');
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      throw this.#failure(error, `${name} cannot be written`);
    }
  }

  async *list(prefix: string, signal: AbortSignal): AsyncIterable<RemoteObject> {
    const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const path of filesBelow(this.#path(base), this.url)) {
      signal.throwIfAborted();
      const name = relative(this.folder, path).split(sep).join('/');
      if (!name.startsWith(prefix) || name.endsWith('.new')) continue;
      const facts = await this.#facts(name);
      if (facts) yield { name, ...facts };
    }
  }

  async #facts(name: string): Promise<{ readonly sizeBytes: number; readonly etag: string } | undefined> {
    try {
      const facts = await stat(this.#path(name), { bigint: true });
      if (!facts.isFile()) return undefined;
      return { sizeBytes: Number(facts.size), etag: `${facts.size}-${facts.mtimeNs}` };
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw this.#failure(error, `${name} cannot be read`);
    }
  }

  #failure(error: unknown, what: string): RemoteFailure {
    const refused = hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR');
    const why = error instanceof Error ? error.message : String(error);
    return new RemoteFailure(refused ? 'refused' : 'passing', `${what} in ${this.url}: ${why}`, {
      cause: error,
    });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

async function* filesBelow(folder: string, url: string): AsyncIterable<string> {
  try {
    for await (const entry of await opendir(folder, { recursive: true }))
      if (entry.isFile()) yield join(entry.parentPath, entry.name);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return;
    throw new RemoteFailure('passing', `${url} cannot be listed: ${String(error)}`, { cause: error });
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
