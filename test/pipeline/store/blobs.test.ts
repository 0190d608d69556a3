import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { Store } from '../../../pipeline/store/store.js';

describe('blobs', () => {
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
});
