import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { DiskError, diskFailure } from '../../core/disk-failure.js';
import { hasErrorCode } from '../../core/error-code.js';
import type { Patience } from './patience.js';
import { RemoteFailure, type Remote, type RemoteData, type RemoteObject } from './remote.js';
import { remoteFailure } from './remote-trouble.js';

/** What is known of an object before it is fetched. */
interface Expected {
  readonly sizeBytes: number;
  readonly etag?: string;
  /** Looks at the complete file. @returns what is wrong with it */
  readonly check?: (path: string) => Promise<string | undefined>;
}

/**
 * A remote that is asked again when it stumbles: with waits that grow, a limit to how long an answer may take, and
 * only so many requests at once. What still fails after that is a RemoteFailure.
 */
export class PatientRemote {
  readonly #queue: PQueue;

  constructor(
    readonly remote: Remote,
    readonly patience: Patience,
    readonly signal: AbortSignal,
  ) {
    this.#queue = new PQueue({ concurrency: patience.concurrency });
  }

  /** A small object as a whole. @throws RemoteFailure */
  bytes(name: string): Promise<Buffer | undefined> {
    return this.#patiently(`${name} cannot be read`, 0, async (signal) => {
      const stream = await this.remote.read(name, { signal });
      return stream && buffer(stream);
    });
  }

  /** @throws RemoteFailure */
  has(name: string, sizeBytes: number): Promise<boolean> {
    return this.#patiently(
      `${name} cannot be looked up`,
      0,
      async (signal) => (await this.remote.size(name, signal)) === sizeBytes,
    );
  }

  /** @throws RemoteFailure */
  upload(name: string, data: RemoteData): Promise<void> {
    const sizeBytes = 'bytes' in data ? data.bytes.byteLength : data.sizeBytes;
    return this.#patiently(`${name} cannot be written`, sizeBytes, (signal) =>
      this.remote.write(name, data, signal),
    );
  }

  /** @throws RemoteFailure */
  list(prefix: string): Promise<readonly RemoteObject[]> {
    return this.#patiently(`${prefix} cannot be listed`, Infinity, async (signal) => {
      const objects: RemoteObject[] = [];
      for await (const object of this.remote.list(prefix, signal)) objects.push(object);
      return objects;
    });
  }

  /**
   * Fetches an object into a file. What is in the file already is taken for its beginning, and a transfer that breaks
   * off is taken up where it ended; the complete file is looked at, and fetched anew when it is wrong.
   * @returns false when there is no such object @throws RemoteFailure
   */
  download(name: string, path: string, expected: Expected): Promise<boolean> {
    const { sizeBytes, etag, check } = expected;
    return this.#patiently(`${name} cannot be fetched`, sizeBytes, async (signal) => {
      const have = await bytesThere(path, sizeBytes);
      if (have < sizeBytes || sizeBytes === 0) {
        const options = { signal, offset: have, ...(etag === undefined ? {} : { etag }) };
        const stream = await this.remote.read(name, options);
        if (!stream) return false;
        await mkdir(dirname(path), { recursive: true });
        await pipeline(stream, createWriteStream(path, { flags: have > 0 ? 'a' : 'w' }), { signal });
      }
      const came = (await stat(path)).size;
      if (came > sizeBytes) await rm(path);
      if (came !== sizeBytes)
        throw new RemoteFailure('passing', `${came} of ${sizeBytes} bytes of ${name} came`);
      const wrong = await check?.(path);
      if (wrong !== undefined) {
        await rm(path);
        throw new RemoteFailure('passing', `${name} is not what was asked for: ${wrong}`);
      }
      return true;
    });
  }

  async #patiently<T>(
    what: string,
    sizeBytes: number,
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { attempts, firstWaitMs, longestWaitMs, answerMs, slowestBytesPerS } = this.patience;
    const limitMs = answerMs + (1000 * sizeBytes) / slowestBytesPerS;
    const once = async (): Promise<T> => {
      this.signal.throwIfAborted();
      const limit = deadline(limitMs);
      try {
        return await request(AbortSignal.any([this.signal, limit.signal]));
      } catch (error) {
        this.signal.throwIfAborted();
        if (limit.signal.aborted)
          throw new RemoteFailure('slow', `${what} (${this.remote.url}): no answer in ${limitMs / 1000} s`);
        const disk = diskFailure(error, what);
        throw disk instanceof DiskError ? disk : remoteFailure(error, `${what} (${this.remote.url})`);
      } finally {
        limit.clear();
      }
    };
    return this.#queue.add(() =>
      pRetry(once, {
        retries: attempts - 1,
        minTimeout: firstWaitMs,
        maxTimeout: longestWaitMs,
        factor: 2,
        randomize: true,
        signal: this.signal,
        shouldRetry: ({ error, attemptNumber }) =>
          error instanceof RemoteFailure &&
          (error.trouble === 'passing' || (error.trouble === 'slow' && attemptNumber === 1)),
      }),
    );
  }
}

/** Timers do not reach to infinity; a listing of unknown length has no limit. */
function deadline(ms: number): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  if (ms > 2 ** 31 - 1) return { signal: controller.signal, clear: () => undefined };
  const timer = setTimeout(() => controller.abort(), ms);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** How much of a file an earlier attempt has left; more than it should have is of no use. */
async function bytesThere(path: string, sizeBytes: number): Promise<number> {
  try {
    const { size } = await stat(path);
    return size <= sizeBytes ? size : 0;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
