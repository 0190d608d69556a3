import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { Journal } from '../../../pipeline/events/journal.js';
import { itemKey, stageKey, type CacheKey, type StageKeyParts } from '../../../pipeline/store/key-parts.js';
import { storeArtifact } from '../../../pipeline/store/manifest.js';
import type { ItemRecord, StageRecord } from '../../../pipeline/store/records.js';
import { keysByRun } from '../../../pipeline/store/keys-by-run.js';
import { Store } from '../../../pipeline/store/store.js';

const itemParts = { kind: 'test', revision: 1, tools: {}, item: { n: 1 } };
const stageParts: StageKeyParts = {
  kind: 'test',
  revision: 1,
  params: {},
  inputs: {},
  sources: {},
  tools: {},
};

describe('a state file, cut short at every byte and read twice', () => {
  let root: string;
  let store: Store;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'darkroom-cut-'));
    store = new Store(root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function onlyFileIn(folder: string): string {
    const [name = '', ...others] = readdirSync(join(root, folder), {
      recursive: true,
      encoding: 'utf8',
    }).filter((path) => statSync(join(root, folder, path)).isFile());
    expect(others).toEqual([]);
    return join(root, folder, name);
  }

  /** @param spared how many bytes the file can lose without losing anything: the line's end, say */
  async function cutAtEveryByte(
    path: string,
    spared: number,
    expectMiss: (length: number) => Promise<void>,
  ): Promise<void> {
    const whole = statSync(path).size;
    expect(whole).toBeGreaterThan(spared);
    for (let length = whole - 1 - spared; length >= 0; length--) {
      truncateSync(path, length);
      await expectMiss(length);
      await expectMiss(length);
    }
  }

  async function stageWithTwoFiles(): Promise<{ key: CacheKey; record: StageRecord }> {
    const content = await store.blobs.put('x');
    const files = ['a', 'b'].map((path) => ({ path, ...content }));
    const record: StageRecord = {
      version: 1,
      action: 'stage',
      parts: stageParts,
      sourceNames: {},
      outputs: { files: await storeArtifact(store.blobs, 'files', files) },
      exhibits: [{ type: 'figures', title: 'T', figures: [{ name: 'AP50', value: 0.5 }] }],
      metrics: { AP50: 0.5 },
      warnings: [],
      tookMs: 12,
      finishedAt: '2026-01-01T00:00:00.000Z',
    };
    const key = stageKey(stageParts);
    await store.records.write(key, record);
    return { key, record };
  }

  it('an item record is a miss', async () => {
    const key = itemKey(itemParts);
    const files = [{ path: 'a.png', ...(await store.blobs.put('frame')) }];
    const record: ItemRecord = {
      version: 1,
      action: 'item',
      parts: itemParts,
      files,
      value: 3,
      finishedAt: '',
    };
    await store.records.write(key, record);
    expect(await store.records.readItem(key)).toEqual(record);
    await cutAtEveryByte(onlyFileIn('actions'), 1, async (length) =>
      expect(await store.records.readItem(key), `${length} bytes`).toBeUndefined(),
    );
  });

  it('a stage record is a miss', async () => {
    const { key, record } = await stageWithTwoFiles();
    expect(await store.records.readStage(key)).toEqual(record);
    await cutAtEveryByte(onlyFileIn('actions'), 1, async (length) =>
      expect(await store.records.readStage(key), `${length} bytes`).toBeUndefined(),
    );
  });

  it('a manifest makes its record a miss, and never a smaller artifact', async () => {
    const { key, record } = await stageWithTwoFiles();
    const artifact = record.outputs['files'];
    if (!artifact) throw new Error('The record has no output.');
    await cutAtEveryByte(store.blobs.path(artifact.digest), 0, async (length) => {
      expect(await store.records.readStage(key), `${length} bytes`).toBeUndefined();
      await expect(store.open(artifact).has('a'), `${length} bytes`).rejects.toThrow('damaged or gone');
    });
  });

  it('a manifest of the right size with another content opens as nothing', async () => {
    const { record } = await stageWithTwoFiles();
    const artifact = record.outputs['files'];
    if (!artifact) throw new Error('The record has no output.');
    const path = store.blobs.path(artifact.digest);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    writeFileSync(path, text.replace('"b"', '"c"'));
    await expect(store.open(artifact).has('c')).rejects.toThrow(/damaged or gone: .*blobs/);
  });

  it('the pointer to the latest result points nowhere', async () => {
    const key = itemKey(itemParts);
    await store.setLatestKey('p', 's/t', key);
    expect(await store.latestKey('p', 's/t')).toBe(key);
    await cutAtEveryByte(onlyFileIn('latest'), 1, async () => {
      expect(await store.latestKey('p', 's/t')).toBeUndefined();
      expect((await store.latestNames()).size).toBe(0);
    });
  });

  it('the memory of file digests forgets, and never makes a digest up', async () => {
    const source = join(root, 'source');
    writeFileSync(source, 'one');
    utimesSync(source, 1000, 1000);
    await store.files.hash([source]);
    await store.files.save();
    await cutAtEveryByte(join(root, 'file-memory.json'), 0, async () =>
      expect((await new Store(root).files.hash([source]))[0]?.digest).toBe(digestOfBytes('one')),
    );
  });

  it('a fact about the machine is found out again', async () => {
    const fact = { version: '4.2', devices: ['CPU'] };
    await store.facts.remember('tool', () => Promise.resolve(fact));
    const path = onlyFileIn('facts');
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length - 1; length++) {
      writeFileSync(path, whole.subarray(0, length));
      let asked = 0;
      const find = (): Promise<typeof fact> => Promise.resolve((asked++, fact));
      expect(await store.facts.remember('tool', find)).toEqual(fact);
      expect(await store.facts.remember('tool', find)).toEqual(fact);
      expect(asked, `${length} bytes`).toBe(1);
    }
  });

  it('a list of items is broken, and never a shorter list', async () => {
    const stage = stageKey(stageParts);
    const items = ['a', 'größe "2"\n', 'c'].map((id) => ({ id, key: itemKey({ ...itemParts, item: id }) }));
    await store.itemLists.write(stage, items);
    expect(await store.itemLists.read(stage)).toEqual(items);
    await cutAtEveryByte(onlyFileIn('items'), 0, async (length) =>
      expect(await store.itemLists.read(stage), `${length} bytes`).toBe('broken'),
    );
  });

  it('a pin is named, and nobody guesses what it kept', async () => {
    const pin = { key: itemKey(itemParts), pipeline: 'p', stage: 's', pinnedAt: '2026-01-01T00:00:00.000Z' };
    await store.pins.add(pin);
    expect(await store.pins.list()).toEqual([pin]);
    const path = onlyFileIn('pins');
    await cutAtEveryByte(path, 1, () => expect(store.pins.list()).rejects.toThrow(`${path} is no whole pin`));
  });

  it('the journal of a run tells what it told up to there', async () => {
    const [made, reused] = [stageKey(stageParts), itemKey(itemParts)];
    const journal = await Journal.open(store.runDirectory('r'));
    const start = { runId: 'r', file: 'f', seed: 0, stages: [], atMs: 5 };
    journal.write({ type: 'run-started', pipeline: 'p', ...start });
    journal.write({ type: 'stage-started', stage: 'a', key: made, reasons: [], atMs: 1 });
    journal.write({ type: 'stage-reused', stage: 'b', key: reused, outputs: {}, atMs: 2 });
    await journal.close();
    const known = new Set<string>([made, reused]);
    expect(await keysByRun(store)).toEqual([{ id: 'r', pipeline: 'p', keys: known }]);
    await cutAtEveryByte(onlyFileIn('runs'), 1, async () => {
      const [run] = await keysByRun(store);
      expect(run && [...run.keys].every((key) => known.has(key))).toBe(true);
      expect(run?.keys.has(reused)).toBe(false);
      expect(['', 'p']).toContain(run?.pipeline);
    });
  });
});
