import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import {
  itemKey,
  stageKey,
  type ItemKeyParts,
  type StageKeyParts,
} from '../../../pipeline/store/key-parts.js';
import { Store } from '../../../pipeline/store/store.js';
import { storeArtifact } from '../../../pipeline/store/manifest.js';

const itemParts: ItemKeyParts = { kind: 'test', revision: 1, tools: {}, item: { n: 1 } };
const stageParts: StageKeyParts = {
  kind: 'test',
  revision: 1,
  params: {},
  inputs: {},
  sources: {},
  tools: {},
};

describe('records', () => {
  let root: string;
  let store: Store;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
    store = new Store(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function recordFile(): Promise<string> {
    const names = await readdir(join(root, 'actions'), { recursive: true });
    return join(root, 'actions', names.find((name) => name.endsWith('.json')) ?? '');
  }

  it('cut short at any byte, an item record is a miss and never a success', async () => {
    const key = itemKey(itemParts);
    const content = await store.blobs.put('frame');
    await store.records.write(key, {
      version: 1,
      action: 'item',
      parts: itemParts,
      files: [{ path: 'a.png', ...content }],
      value: 3,
    });
    const path = await recordFile();
    const whole = await readFile(path);
    expect((await store.records.readItem(key))?.value).toBe(3);
    // The last byte is the line's end: without it the record is still whole.
    for (let length = 0; length < whole.length - 1; length++) {
      await writeFile(path, whole.subarray(0, length));
      expect(await store.records.readItem(key), `${length} bytes`).toBeUndefined();
      expect(await store.records.readItem(key), `${length} bytes, again`).toBeUndefined();
    }
  });

  it('cut short at any byte, a stage record is a miss and never a success', async () => {
    const key = stageKey(stageParts);
    const artifact = await storeArtifact(store.blobs, 'files', []);
    await store.records.write(key, {
      version: 1,
      action: 'stage',
      parts: stageParts,
      sourceNames: {},
      outputs: { files: artifact },
      exhibits: [{ type: 'figures', title: 'T', figures: [{ name: 'AP50', value: 0.5 }] }],
      metrics: { AP50: 0.5 },
      warnings: [],
      tookMs: 12,
      finishedAt: '2026-01-01T00:00:00.000Z',
    });
    const path = await recordFile();
    const whole = await readFile(path);
    expect((await store.records.readStage(key))?.metrics).toEqual({ AP50: 0.5 });
    for (let length = 0; length < whole.length - 1; length++) {
      await writeFile(path, whole.subarray(0, length));
      expect(await store.records.readStage(key), `${length} bytes`).toBeUndefined();
    }
  });

  it('whose content is gone or has another size is a miss', async () => {
    const key = itemKey(itemParts);
    const content = await store.blobs.put('frame');
    await store.records.write(key, {
      version: 1,
      action: 'item',
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
