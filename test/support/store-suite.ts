import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes, type Digest } from '../../pipeline/core/digest.js';
import type { Artifact, ArtifactFile, ArtifactReader } from '../../pipeline/stage/artifact.js';
import { itemKey, stageKey, type ItemKeyParts, type StageKeyParts } from '../../pipeline/store/key-parts.js';
import type { CacheKey } from '../../pipeline/store/key-parts.js';
import type { ItemRecord, StageRecord } from '../../pipeline/store/records.js';

interface Content {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What every store can do, wherever it keeps things. */
export interface StoreUnderTest {
  put(data: string | Uint8Array): Promise<Content>;
  /** Takes a file, which is gone from its place then. */
  take(path: string): Promise<Content>;
  has(content: Content): Promise<boolean>;
  read(digest: Digest): Promise<Uint8Array>;
  contents(): Promise<ReadonlyMap<Digest, number>>;
  removeContent(digest: Digest): Promise<void>;
  readStage(key: CacheKey): Promise<StageRecord | undefined>;
  readItem(key: CacheKey): Promise<ItemRecord | undefined>;
  write(key: CacheKey, record: StageRecord | ItemRecord): Promise<void>;
  keys(): Promise<ReadonlySet<CacheKey>>;
  removeRecord(key: CacheKey): Promise<void>;
  storeArtifact(type: string, files: readonly ArtifactFile[]): Promise<Artifact>;
  open(artifact: Artifact): ArtifactReader;
}

export interface StoreBackend {
  /** A client of the same store, as another process would have it. */
  client(): Promise<StoreUnderTest>;
  /** What a power cut or a person does: other bytes in the place of a content, of a record. */
  damageContent(digest: Digest, data: string): Promise<void>;
  damageRecord(key: CacheKey, text: string): Promise<void>;
  close(): Promise<void>;
}

const itemParts = (n: number): ItemKeyParts => ({ kind: 'test', revision: 1, tools: {}, item: { n } });
const stageParts: StageKeyParts = {
  kind: 'test',
  revision: 2,
  params: { a: [1, null, 'ü'] },
  inputs: { files: [digestOfBytes('input')] },
  inputNames: { files: ['made[k=1].files'] },
  sources: { scene: { 'a.blend': digestOfBytes('source') } },
  tools: { blender: '4.2' },
  seed: 7,
};
const itemOf = (n: number, files: readonly ArtifactFile[]): ItemRecord => ({
  version: 1,
  action: 'item',
  parts: itemParts(n),
  files,
  value: { deep: [{ n, text: 'ä\n"' }] },
  finishedAt: '2026-01-02T03:04:05.000Z',
});
const stageOf = (outputs: Readonly<Record<string, Artifact>>): StageRecord => ({
  version: 1,
  action: 'stage',
  parts: stageParts,
  sourceNames: { scene: { 'a.blend': digestOfBytes('source') } },
  outputs,
  exhibits: [],
  metrics: { AP50: 0.5 },
  warnings: ['one was left out'],
  itemCount: 3,
  tookMs: 12,
  finishedAt: '2026-01-02T03:04:05.000Z',
});

/** What holds for every store: the one on disk, and those that a farm shares. */
export function describeStore(name: string, open: () => Promise<StoreBackend>): void {
  describe(`${name}, as every store,`, () => {
    let backend: StoreBackend;
    let store: StoreUnderTest;
    let other: StoreUnderTest;
    let folder: string;

    beforeEach(async () => {
      backend = await open();
      [store, other] = [await backend.client(), await backend.client()];
      folder = await mkdtemp(join(tmpdir(), 'darkroom-suite-'));
    });
    afterEach(async () => {
      await backend.close();
      await rm(folder, { recursive: true, force: true });
    });
    const list = async (artifact: Artifact, from = store): Promise<ArtifactFile[]> => {
      const files: ArtifactFile[] = [];
      for await (const file of from.open(artifact).files()) files.push(file);
      return files;
    };

    it('gives back what was put, whatever it is, to every client', () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (data) => {
          const content = await store.put(data);
          expect(content).toEqual({ digest: digestOfBytes(data), sizeBytes: data.length });
          expect(await other.has(content)).toBe(true);
          expect(new Uint8Array(await other.read(content.digest))).toEqual(data);
        }),
        { numRuns: 15 },
      ));

    it('takes files in, large ones too, and each content once', async () => {
      const large = Buffer.alloc(3_000_001, 'abcdefg');
      for (const each of ['a', 'b']) await writeFile(join(folder, each), large);
      const [a, b] = [await store.take(join(folder, 'a')), await other.take(join(folder, 'b'))];
      expect(a).toEqual({ digest: digestOfBytes(large), sizeBytes: large.length });
      expect(b).toEqual(a);
      expect(await readdir(folder)).toEqual([]);
      expect(Buffer.compare(Buffer.from(await store.read(a.digest)), large)).toBe(0);
      expect([...(await store.contents())]).toEqual([[a.digest, large.length]]);
    });

    it('takes one content that many bring at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).put('the same')),
      );
      expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
      expect((await store.contents()).size).toBe(1);
    });

    it('does not have what nobody put, what was removed, and what has another size', async () => {
      const content = await store.put('content');
      expect(await store.has({ digest: digestOfBytes('nothing'), sizeBytes: 7 })).toBe(false);
      await backend.damageContent(content.digest, 'cont');
      expect(await store.has(content)).toBe(false);
      // Whoever brings it again mends it.
      await other.put('content');
      expect(await store.has(content)).toBe(true);
      expect(Buffer.from(await store.read(content.digest)).toString()).toBe('content');
      await store.removeContent(content.digest);
      await store.removeContent(content.digest);
      expect(await other.has(content)).toBe(false);
      expect((await store.contents()).size).toBe(0);
    });

    it('keeps records as they were written, for every client', async () => {
      const content = await store.put('frame');
      const item = itemOf(1, [{ path: 'a/ü.png', ...content }]);
      await store.write(itemKey(item.parts), item);
      const stage = stageOf({ files: await store.storeArtifact('files', item.files) });
      await store.write(stageKey(stageParts), stage);
      expect(await other.readItem(itemKey(item.parts))).toEqual(item);
      expect(await other.readStage(stageKey(stageParts))).toEqual(stage);
      expect(await other.keys()).toEqual(new Set([itemKey(item.parts), stageKey(stageParts)]));
    });

    it('takes the later of two records under one key', async () => {
      const key = itemKey(itemParts(1));
      for (const finishedAt of ['first', 'second']) await store.write(key, { ...itemOf(1, []), finishedAt });
      expect((await other.readItem(key))?.finishedAt).toBe('second');
      expect((await other.keys()).size).toBe(1);
    });

    it('misses what was never recorded, was removed, or is of the other sort', async () => {
      const key = itemKey(itemParts(1));
      expect(await store.readItem(key)).toBeUndefined();
      await store.write(key, itemOf(1, []));
      expect(await store.readStage(key)).toBeUndefined();
      await other.removeRecord(key);
      await other.removeRecord(key);
      expect(await store.readItem(key)).toBeUndefined();
      expect((await store.keys()).size).toBe(0);
    });

    it('misses a record that is damaged, and never takes it for a success', async () => {
      const key = itemKey(itemParts(1));
      await store.write(key, itemOf(1, []));
      for (const text of [
        '',
        '{',
        '{"version":1}',
        'null',
        '[]',
        JSON.stringify({ ...itemOf(1, []), files: 3 }),
      ]) {
        await backend.damageRecord(key, text);
        expect(await (await backend.client()).readItem(key), text).toBeUndefined();
      }
    });

    it('misses a record of which a content is gone or has another size', async () => {
      const content = await store.put('frame');
      const [item, stage] = [itemKey(itemParts(1)), stageKey(stageParts)];
      const files = [{ path: 'a.png', ...content }];
      const artifact = await store.storeArtifact('files', files);
      await store.write(item, itemOf(1, files));
      await store.write(stage, stageOf({ files: artifact }));
      for (const [digest, text] of [
        [content.digest, 'fram'],
        [artifact.digest, 'cut'],
      ] as const)
        await backend.damageContent(digest, text);
      const fresh = await backend.client();
      expect([await fresh.readItem(item), await fresh.readStage(stage)]).toEqual([undefined, undefined]);
      for (const digest of [content.digest, artifact.digest]) await fresh.removeContent(digest);
      const later = await backend.client();
      expect([await later.readItem(item), await later.readStage(stage)]).toEqual([undefined, undefined]);
    });

    it('refuses the record of a stage whose output it does not have', async () => {
      const artifact = { type: 'files', digest: digestOfBytes('nobody'), fileCount: 0, sizeBytes: 0 };
      await expect(store.write(stageKey(stageParts), stageOf({ files: artifact }))).rejects.toThrow('files');
      expect(await store.readStage(stageKey(stageParts))).toBeUndefined();
    });

    it('makes one artifact of the same files in whatever order, and of others another', async () => {
      const [x, y] = [await store.put('x'), await store.put('yy')];
      const files = ['b', 'a/c', 'a', 'ü'].map((path) => ({ path, ...x }));
      const artifact = await store.storeArtifact('files', files);
      expect(await other.storeArtifact('files', [...files].reverse())).toEqual(artifact);
      expect(artifact).toMatchObject({ type: 'files', fileCount: 4, sizeBytes: 4 });
      expect((await list(artifact, other)).map(({ path }) => path)).toEqual(['a', 'a/c', 'b', 'ü']);
      const changed = await store.storeArtifact('files', [{ path: 'b', ...y }, ...files.slice(1)]);
      const renamed = await store.storeArtifact('files', [{ path: 'd', ...x }, ...files.slice(1)]);
      expect(new Set([artifact, changed, renamed].map(({ digest }) => digest)).size).toBe(3);
      expect(await list(await store.storeArtifact('files', []))).toEqual([]);
    });

    it('refuses two files of one name', async () => {
      const content = await store.put('x');
      const twice = [1, 2].map(() => ({ path: 'a', ...content }));
      await expect(store.storeArtifact('files', twice)).rejects.toThrow('are called a');
    });

    it('says of an artifact whose list of files is damaged that it is', async () => {
      const artifact = await store.storeArtifact('files', [{ path: 'a', ...(await store.put('x')) }]);
      await backend.damageContent(artifact.digest, '{"path":"a"');
      await expect(list(artifact, await backend.client())).rejects.toThrow('damaged or gone');
      await store.removeContent(artifact.digest);
      await expect(list(artifact, await backend.client())).rejects.toThrow('damaged or gone');
    });

    describeReader(async (files) => {
      const stored = await Promise.all(
        Object.entries(files).map(async ([path, data]) => ({ path, ...(await store.put(data)) })),
      );
      return other.open(await store.storeArtifact('files', stored));
    });
  });
}

/** What holds for every way to read an artifact. @param make of these files, by path */
export function describeReader(
  make: (files: Readonly<Record<string, string>>) => Promise<ArtifactReader>,
): void {
  describe('an artifact', () => {
    it('is read by name: as text, bytes, lines, and as the place of its content', async () => {
      const reader = await make({ 'a.txt': 'one\r\n\ntwo\nthree', 'sub/b.bin': '\u0000\u0001' });
      expect(await reader.readText('a.txt')).toBe('one\r\n\ntwo\nthree');
      expect([...(await reader.readBytes('sub/b.bin'))]).toEqual([0, 1]);
      const lines: string[] = [];
      for await (const line of reader.readLines('a.txt')) lines.push(line);
      expect(lines).toEqual(['one', 'two', 'three']);
      const file = await reader.file('sub/b.bin');
      expect(file).toEqual({ path: 'sub/b.bin', digest: digestOfBytes('\u0000\u0001'), sizeBytes: 2 });
      expect(reader.locate(file)).toMatch(/^\//);
      expect(reader).toMatchObject({ fileCount: 2, sizeBytes: 17 });
    });

    it('knows which files it has, in the order of their names', async () => {
      const reader = await make({ b: '1', 'a/c': '2', 'a.d': '3' });
      const paths: string[] = [];
      for await (const { path } of reader.files()) paths.push(path);
      expect(paths).toEqual(['a.d', 'a/c', 'b']);
      expect([await reader.has('a/c'), await reader.has('a')]).toEqual([true, false]);
      await expect(reader.file('nothing')).rejects.toThrow('nothing');
      await expect(reader.readText('nothing')).rejects.toThrow('nothing');
    });
  });
}
