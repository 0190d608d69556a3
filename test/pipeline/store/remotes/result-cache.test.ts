import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { digestOfBytes } from '../../../../pipeline/core/digest.js';
import { usualPatience } from '../../../../pipeline/store/remotes/patience.js';
import { RemoteFailure, type ReadOptions, type Remote } from '../../../../pipeline/store/remotes/remote.js';
import { ResultCache } from '../../../../pipeline/store/remotes/result-cache.js';
import { Store } from '../../../../pipeline/store/store.js';

const content = Buffer.alloc(100_000, 'abcdefg');
const wanted = { digest: digestOfBytes(content), sizeBytes: content.length };

/** A remote with one object. @param answer what the N-th request for it gets */
function remoteOf(
  answer: (offset: number, request: number) => Readable,
): Remote & { readonly offsets: number[] } {
  const offsets: number[] = [];
  const nothing = (): never => {
    throw new Error('not asked for');
  };
  return {
    url: 's3://test',
    offsets,
    read: (_name, { offset = 0 }: ReadOptions) => {
      offsets.push(offset);
      return Promise.resolve(answer(offset, offsets.length));
    },
    size: nothing,
    write: nothing,
    list: nothing,
  };
}

/** Ends with an error after its bytes, as a connection that is cut. */
function cut(bytes: Buffer): Readable {
  return Readable.from(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 1000) {
        yield bytes.subarray(at, at + 1000);
        // What came before is on the disk when the connection is cut.
        await pause(1);
      }
      throw new RemoteFailure('passing', 'cut');
    })(),
  );
}

async function cacheOf(
  remote: Remote,
): Promise<{ readonly cache: ResultCache; readonly store: Store; readonly troubles: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-result-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = new Store(folder);
  const troubles: string[] = [];
  const patience = { ...usualPatience, firstWaitMs: 1, longestWaitMs: 2, answerMs: 100, attempts: 3, failuresToStop: 2, slowestBytesPerS: 1e9 }; // prettier-ignore
  const { signal } = new AbortController();
  const onTrouble = (message: string): void => void troubles.push(message);
  const cache = new ResultCache(remote, store.blobs, store.root, {
    mode: 'read',
    signal,
    onTrouble,
    patience,
  });
  return { cache, store, troubles };
}

it('goes on with a content where the connection was cut', async () => {
  const remote = remoteOf((offset, request) =>
    request === 1 ? cut(content.subarray(0, 40_000)) : Readable.from([content.subarray(offset)]),
  );
  const { cache, store, troubles } = await cacheOf(remote);
  expect(await cache.fetch(wanted)).toBe(true);
  expect((await readFile(store.blobs.path(wanted.digest))).equals(content)).toBe(true);
  expect(remote.offsets[0]).toBe(0);
  expect(remote.offsets[1]).toBeGreaterThan(0);
  expect(troubles).toEqual([]);
});

it('takes nothing whose digest is another one, and leaves nothing of it in the store', async () => {
  const { cache, store, troubles } = await cacheOf(
    remoteOf(() => Readable.from([Buffer.alloc(content.length, 'x')])),
  );
  expect(await cache.fetch(wanted)).toBe(false);
  expect(troubles).toEqual([expect.stringContaining('its content has another digest')]);
  expect(await store.blobs.has(wanted)).toBe(false);
  expect(await readdir(join(store.root, 'work', 'incoming'))).toEqual([]);
});

it('does not wait for an answer that does not end, and after some of them asks no more', async () => {
  const remote = remoteOf(() => new Readable({ read: () => undefined }));
  const { cache, troubles } = await cacheOf(remote);
  const others = ['a', 'b', 'c', 'd'].map((text) => ({ digest: digestOfBytes(text), sizeBytes: 1 }));
  for (const other of others) expect(await cache.fetch(other)).toBe(false);
  // Two contents with two attempts each; then the circuit is open.
  expect(remote.offsets).toHaveLength(4);
  expect(troubles[0]).toContain('no answer in 0.1');
  expect(troubles[1]).toContain('The cache is left alone for now.');
  expect(troubles).toHaveLength(2);
});
