import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { itemKey, type ItemKeyParts } from '../../../pipeline/store/key-parts.js';
import { Store } from '../../../pipeline/store/store.js';

const itemParts: ItemKeyParts = { kind: 'test', revision: 1, tools: {}, item: { n: 1 } };
describe('records', () => {
  let root: string;
  let store: Store;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
    store = new Store(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('whose content is gone or has another size is a miss', async () => {
    const key = itemKey(itemParts);
    const content = await store.blobs.put('frame');
    await store.records.write(key, {
      version: 1,
      action: 'item',
      finishedAt: '',
      parts: itemParts,
      files: [{ path: 'a.png', ...content }],
      value: null,
    });
    await rm(store.blobs.path(content.digest));
    expect(await store.records.readItem(key)).toBeUndefined();
    await writeFile(store.blobs.path(content.digest), 'fram');
    expect(await store.records.readItem(key)).toBeUndefined();
  });
});
