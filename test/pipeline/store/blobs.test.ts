import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastCheck from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { storeArtifact } from '../../../pipeline/store/manifest.js';
import { Store } from '../../../pipeline/store/store.js';

describe('blobs and artifacts', () => {
  let root: string;
  let store: Store;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
    store = new Store(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('takes a file in, read-only, and keeps equal contents once', async () => {
    for (const name of ['a', 'b']) await writeFile(join(root, name), 'same');
    const [a, b] = [await store.blobs.take(join(root, 'a')), await store.blobs.take(join(root, 'b'))];
    expect(a).toEqual({ digest: digestOfBytes('same'), sizeBytes: 4 });
    expect(b).toEqual(a);
    expect((await stat(store.blobs.path(a.digest))).mode & 0o777).toBe(0o444);
    expect((await readdir(root)).sort()).toEqual(['blobs']);
  });

  it('reads back what was put, whatever it is', async () => {
    await fastCheck.assert(
      fastCheck.asyncProperty(fastCheck.uint8Array({ maxLength: 200 }), async (data) => {
        const content = await store.blobs.put(data);
        expect(new Uint8Array(await readFile(store.blobs.path(content.digest)))).toEqual(data);
        expect(await store.blobs.has(content)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('gives an artifact the same digest in whatever order its files came', async () => {
    await fastCheck.assert(
      fastCheck.asyncProperty(
        fastCheck.uniqueArray(fastCheck.string({ minLength: 1, maxLength: 8 }), { maxLength: 8 }),
        async (names) => {
          const content = await store.blobs.put('x');
          const files = names.map((path) => ({ path, ...content }));
          const [there, back] = [
            await storeArtifact(store.blobs, 'files', files),
            await storeArtifact(store.blobs, 'files', [...files].reverse()),
          ];
          expect(back).toEqual(there);
          const listed: string[] = [];
          for await (const file of store.open(there).files()) listed.push(file.path);
          expect(listed).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses two files of one name', async () => {
    const content = await store.blobs.put('x');
    const twice = [
      { path: 'a', ...content },
      { path: 'a', ...content },
    ];
    await expect(storeArtifact(store.blobs, 'files', twice)).rejects.toThrow(
      'Two files of one files artifact are called a.',
    );
  });
});
