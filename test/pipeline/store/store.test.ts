import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { readFolder } from '../../../pipeline/store/folder-artifact.js';
import { storeArtifact } from '../../../pipeline/store/manifest.js';
import { Store } from '../../../pipeline/store/store.js';
import { folderArtifact } from '../../support/stage-harness.js';
import { describeReader, describeStore, type StoreUnderTest } from '../../support/store-suite.js';

function onDisk(store: Store): StoreUnderTest {
  const { blobs, records } = store;
  return {
    put: (data) => blobs.put(data),
    take: (path) => blobs.take(path),
    has: (content) => blobs.has(content),
    read: (digest) => readFile(blobs.path(digest)),
    contents: () => blobs.list(),
    removeContent: (digest) => blobs.remove(digest),
    readStage: (key) => records.readStage(key),
    readItem: (key) => records.readItem(key),
    write: (key, record) => records.write(key, record),
    keys: () => records.keys(),
    removeRecord: (key) => records.remove(key),
    storeArtifact: (type, files) => storeArtifact(blobs, type, files),
    open: (artifact) => store.open(artifact),
  };
}

describeStore('the store on disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
  const store = new Store(root);
  const replace = async (path: string, data: string): Promise<void> => {
    // Contents are read-only.
    await rm(path, { force: true });
    await writeFile(path, data);
  };
  return {
    client: () => Promise.resolve(onDisk(new Store(root))),
    damageContent: (digest, data) => replace(store.blobs.path(digest), data),
    damageRecord: (key, text) => replace(store.records.path(key), text),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-folder-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, data] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), data);
  }
  return folder;
}

describe('a folder outside the store', () => {
  describeReader(async (files) => readFolder(await folderOf(files), 'files'));
});

describe('the artifacts of the harness that stages are tested with', () => {
  describeReader(async (files) => folderArtifact('files', await folderOf(files)));
});
