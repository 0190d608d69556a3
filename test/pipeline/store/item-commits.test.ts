import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { armFault } from '../../../pipeline/core/crash-point.js';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import type { FinishedItem } from '../../../pipeline/store/item-commits.js';
import { itemKey } from '../../../pipeline/store/key-parts.js';
import { Store } from '../../../pipeline/store/store.js';
import { verifyStore } from '../../../pipeline/store/verify.js';

const quiet = new AbortController().signal;

describe('finished items on their way into the store', () => {
  let root: string;
  let made: string;
  let store: Store;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-commits-'));
    made = join(root, 'made');
    await mkdir(made);
    store = new Store(join(root, 'store'));
  });
  afterEach(async () => {
    armFault(undefined);
    await rm(root, { recursive: true, force: true });
  });

  async function finished(name: string, content: string, folder = made): Promise<FinishedItem> {
    const path = join(folder, name);
    await writeFile(path, content);
    const parts = { kind: 'test', revision: 1, tools: {}, item: name };
    return { key: itemKey(parts), parts, files: { [`${name}.out`]: path }, value: { of: name } };
  }

  async function asides(): Promise<readonly string[]> {
    const names = await readdir(store.root, { recursive: true });
    return names.filter((name) => name.endsWith('.new'));
  }

  it('moves the files to the contents, read-only, and writes the record', async () => {
    const item = await finished('a', 'content of a');
    const files = await store.itemCommits.keep(item);
    const digest = digestOfBytes('content of a');
    expect(files).toEqual([{ path: 'a.out', digest, sizeBytes: 12 }]);
    expect(await store.records.readItem(item.key)).toEqual({
      version: 1,
      action: 'item',
      parts: item.parts,
      files,
      value: { of: 'a' },
      finishedAt: expect.stringMatching(/^\d{4}-/) as string,
    });
    expect((await stat(store.blobs.path(digest))).mode & 0o777).toBe(0o444);
    expect(await readdir(made)).toEqual([]);
  });

  it('keeps many that are finished at once, more than one group of them', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `item-${index}`);
    // Each content comes up three times: within a group, and in groups that follow.
    const items = await Promise.all(names.map((name, index) => finished(name, `content ${index % 100}`)));
    await Promise.all(items.map((item) => store.itemCommits.keep(item)));
    for (const { key } of items) expect(await store.records.readItem(key)).toBeDefined();
    expect(await verifyStore(store, quiet)).toMatchObject({
      blobs: 100,
      records: 300,
      corrupt: [],
      damaged: [],
    });
    expect(await readdir(made)).toEqual([]);
    expect(await asides()).toEqual([]);
  });

  it('hashes a large file, too', async () => {
    const content = 'x'.repeat(3 * 2 ** 20);
    const [file] = await store.itemCommits.keep(await finished('large', content));
    expect(file).toMatchObject({ digest: digestOfBytes(content), sizeBytes: content.length });
    expect(await verifyStore(store, quiet)).toMatchObject({ blobs: 1, corrupt: [], damaged: [] });
  });

  it.each([
    'blob-before-sync:EIO@2',
    'blob-before-rename:ENOSPC@2',
    'item-record-before-write:ENOSPC@2',
    'item-record-before-sync:EIO@2',
    'item-record-before-rename:EIO@2',
  ])('%s fails those whose files it meets, and the other of the group is kept', async (fault) => {
    const items = await Promise.all(['a', 'b', 'c', 'd'].map((name) => finished(name, `content of ${name}`)));
    armFault(fault);
    const outcomes = await Promise.allSettled(items.map((item) => store.itemCommits.keep(item)));
    armFault(undefined);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(3);
    for (const { reason } of failed)
      expect(String(reason)).toMatch(
        /(blobs|actions)\/\w\w\/\w+(\.json)? cannot be written: .*\((EIO|ENOSPC)\)/,
      );
    const kept = await Promise.all(
      items.map(async ({ key }) => (await store.records.readItem(key)) !== undefined),
    );
    expect(kept).toEqual(outcomes.map(({ status }) => status === 'fulfilled'));
    expect(await verifyStore(store, quiet)).toMatchObject({ records: 1, corrupt: [], damaged: [] });
    expect(await asides()).toEqual([]);
  });

  it('says which file is not there, and keeps the others', async () => {
    const there = await finished('there', 'content');
    const gone = { ...(await finished('gone', 'other')), files: { 'gone.out': join(made, 'nowhere') } };
    const [first, second] = await Promise.allSettled(
      [there, gone].map((item) => store.itemCommits.keep(item)),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('nowhere') as unknown },
    });
    expect(await store.records.readItem(gone.key)).toBeUndefined();
  });

  it('takes a file from another disk', async ({ skip }) => {
    const elsewhere = await mkdtemp('/dev/shm/darkroom-').catch(() => undefined);
    if (elsewhere === undefined) return skip('there is no /dev/shm');
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    if ((await stat(elsewhere)).dev === (await stat(root)).dev) return skip('/dev/shm is the same disk');
    const item = await finished('far', 'content from afar', elsewhere);
    await store.itemCommits.keep(item);
    expect(await readdir(elsewhere)).toEqual([]);
    const path = store.blobs.path(digestOfBytes('content from afar'));
    expect(await readFile(path, 'utf8')).toBe('content from afar');
    expect(await store.records.readItem(item.key)).toBeDefined();
  });

  it('leaves no file of its own open', async () => {
    const open = async (): Promise<number> => (await readdir('/proc/self/fd').catch(() => [])).length;
    const before = await open();
    for (const fault of [undefined, 'blob-before-rename:EIO', 'item-record-before-sync:EIO']) {
      const items = await Promise.all(['a', 'b', 'c'].map((name) => finished(name, `${fault} ${name}`)));
      armFault(fault);
      await Promise.allSettled(items.map((item) => store.itemCommits.keep(item)));
    }
    expect(await open()).toBeLessThanOrEqual(before);
  });
});
