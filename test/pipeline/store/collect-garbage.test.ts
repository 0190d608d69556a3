import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastCheck from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityText, thisProcess } from '../../../pipeline/core/process-identity.js';
import { collectGarbage } from '../../../pipeline/store/collect-garbage.js';
import { itemKey, stageKey, type CacheKey, type StageKeyParts } from '../../../pipeline/store/key-parts.js';
import { storeArtifact } from '../../../pipeline/store/manifest.js';
import { presentFileName } from '../../../pipeline/store/presence/present.js';
import { Store } from '../../../pipeline/store/store.js';
import { verifyStore } from '../../../pipeline/store/verify.js';

/** A stage of which the store has all or only the items: those that a killed run had finished. */
interface Made {
  readonly items: readonly number[];
  readonly finished: boolean;
}

interface World {
  readonly stages: readonly Made[];
  /** Which stages each run used, the oldest run first, and of which of two pipelines it was. */
  readonly runs: readonly { readonly pipeline: 'a' | 'b'; readonly used: readonly number[] }[];
  readonly pinned: readonly number[];
  readonly keepRuns: number;
}

const worlds = fastCheck.nat({ max: 4 }).chain((extra) => {
  const count = extra + 1;
  const stage = fastCheck.nat({ max: count - 1 });
  return fastCheck.record<World>({
    stages: fastCheck.array(
      fastCheck.record({
        items: fastCheck.uniqueArray(fastCheck.nat({ max: 6 }), { maxLength: 4 }),
        finished: fastCheck.boolean(),
      }),
      { minLength: count, maxLength: count },
    ),
    runs: fastCheck.array(
      fastCheck.record({
        pipeline: fastCheck.constantFrom('a' as const, 'b' as const),
        used: fastCheck.uniqueArray(stage, { maxLength: 3 }),
      }),
      { maxLength: 5 },
    ),
    pinned: fastCheck.uniqueArray(stage, { maxLength: 2 }),
    keepRuns: fastCheck.integer({ min: 1, max: 3 }),
  });
});

/** In memory where the system has such a folder: nothing here asks whether the disk holds. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function inFreshStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(place, 'darkroom-gc-'));
  try {
    return await use(new Store(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function itemKeyOf(item: number): CacheKey {
  return itemKey({ kind: 'test', revision: 1, tools: {}, item });
}

async function makeItem(store: Store, item: number): Promise<{ digest: CacheKey; sizeBytes: number }> {
  const content = await store.blobs.put(`item ${item}`);
  const parts = { kind: 'test', revision: 1, tools: {}, item };
  await store.records.write(itemKeyOf(item), {
    version: 1,
    action: 'item',
    finishedAt: '',
    parts,
    files: [{ path: `${item}`, ...content }],
    value: null,
  });
  return content;
}

/** @returns the stage's key */
async function makeStage(store: Store, index: number, { items, finished }: Made): Promise<CacheKey> {
  const parts: StageKeyParts = {
    kind: 'test',
    revision: 1,
    params: index,
    inputs: {},
    sources: {},
    tools: {},
  };
  const key = stageKey(parts);
  await store.itemLists.write(
    key,
    items.map((item) => ({ id: `${item}`, key: itemKeyOf(item) })),
  );
  const files = [];
  for (const item of items) files.push({ path: `${item}`, ...(await makeItem(store, item)) });
  writeFileSync(join(await store.workDirectory(key), 'checkpoint'), '');
  if (!finished) return key;
  files.push({ path: 'own', ...(await store.blobs.put(`own ${index}`)) });
  const picture = await store.blobs.put(`picture ${index}`);
  await store.records.write(key, {
    version: 1,
    action: 'stage',
    parts,
    sourceNames: {},
    outputs: { files: await storeArtifact(store.blobs, 'files', files) },
    exhibits: [{ type: 'picture', title: 'P', mediaType: 'image/png', ...picture }],
    metrics: {},
    warnings: [],
    tookMs: 0,
    finishedAt: '',
  });
  return key;
}

function writeRun(store: Store, id: string, pipeline: string, keys: readonly CacheKey[]): void {
  mkdirSync(store.runDirectory(id), { recursive: true });
  const events = [
    { type: 'run-started', pipeline, atMs: Number(id.replace('run-', '')) },
    ...keys.map((key) => ({ type: 'stage-started', key })),
  ];
  writeFileSync(
    join(store.runDirectory(id), 'journal.ndjson'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
}

async function build(store: Store, world: World): Promise<readonly CacheKey[]> {
  const keys: CacheKey[] = [];
  for (const [index, made] of world.stages.entries()) keys.push(await makeStage(store, index, made));
  const keyOf = (index: number): CacheKey => keys[index] ?? keyOf(0);
  for (const [index, { pipeline, used }] of world.runs.entries())
    writeRun(store, `run-${index}`, pipeline, used.map(keyOf));
  for (const index of world.pinned)
    await store.pins.add({ key: keyOf(index), pipeline: 'a', stage: `s${index}`, pinnedAt: '' });
  return keys;
}

/** By the definition: what the pins and the last runs of each pipeline used. */
function neededStages({ runs, pinned, keepRuns }: World): Set<number> {
  const needed = new Set(pinned);
  for (const pipeline of ['a', 'b'])
    for (const run of runs.filter((one) => one.pipeline === pipeline).slice(-keepRuns))
      for (const stage of run.used) needed.add(stage);
  return needed;
}

describe('garbage collection', () => {
  it('leaves everything that a pin or a kept run needs so that it opens, and nothing else', async () => {
    await fastCheck.assert(
      fastCheck.asyncProperty(worlds, (world) =>
        inFreshStore(async (store) => {
          const keys = await build(store, world);
          await collectGarbage(store, { keepRuns: world.keepRuns, dryRun: false });

          const needed = neededStages(world);
          const neededItems = new Set([...needed].flatMap((stage) => world.stages[stage]?.items ?? []));
          for (const [index, { finished }] of world.stages.entries()) {
            const key = keys[index] ?? itemKeyOf(-1);
            const record = await store.records.readStage(key);
            expect(record !== undefined, `stage ${index}`).toBe(needed.has(index) && finished);
            if (record?.outputs['files'])
              expect(await store.open(record.outputs['files']).readText('own')).toBe(`own ${index}`);
            const scratch = (await store.workKeys()).includes(key);
            expect(scratch, `scratch of ${index}`).toBe(needed.has(index) && !finished);
          }
          for (let item = 0; item <= 6; item++)
            expect((await store.records.readItem(itemKeyOf(item))) !== undefined, `item ${item}`).toBe(
              neededItems.has(item),
            );
          // A manifest, a picture and a file of its own for every finished stage, and one content for every item.
          const artifacts = [...needed].filter((stage) => world.stages[stage]?.finished === true).length;
          expect((await store.blobs.list()).size).toBe(3 * artifacts + neededItems.size);
          expect(await verifyStore(store, new AbortController().signal)).toMatchObject({
            corrupt: [],
            damaged: [],
          });
          const again = await collectGarbage(store, { keepRuns: world.keepRuns, dryRun: false });
          expect(again).toMatchObject({ runs: [], records: [], blobs: [], lists: [], workFolders: [] });
        }),
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  const twoRuns: World = {
    stages: [
      { items: [0, 1], finished: true },
      { items: [1, 2], finished: true },
    ],
    runs: [
      { pipeline: 'a', used: [0] },
      { pipeline: 'a', used: [1] },
    ],
    pinned: [],
    keepRuns: 1,
  };

  it('removes nothing in a dry run, and counts what a real one removes', () =>
    inFreshStore(async (store) => {
      await build(store, twoRuns);
      const [records, blobs] = [await store.records.keys(), await store.blobs.list()];
      const dry = await collectGarbage(store, { keepRuns: 1, dryRun: true });
      expect([await store.records.keys(), await store.blobs.list()]).toEqual([records, blobs]);
      expect(dry).toMatchObject({ keptRuns: 1, runs: ['run-0'] });
      expect(await collectGarbage(store, { keepRuns: 1, dryRun: false })).toEqual(dry);
      // Stage 0 and the item that only it had; its manifest, picture, file, and that item's content.
      expect([dry.records.length, dry.blobs.length]).toEqual([2, 4]);
      expect((await store.blobs.list()).size).toBe(blobs.size - 4);
    }));

  it('keeps fewer runs when they need more than the size given, and the newest in any case', () =>
    inFreshStore(async (store) => {
      await build(store, twoRuns);
      const all = await collectGarbage(store, { keepRuns: 5, dryRun: true });
      expect(all.keptRuns).toBe(2);
      const options = { keepRuns: 5, dryRun: true };
      const exactly = await collectGarbage(store, { ...options, maxSizeBytes: all.keptBytes });
      expect(exactly.keptRuns).toBe(2);
      const less = await collectGarbage(store, { ...options, maxSizeBytes: all.keptBytes - 1 });
      expect(less).toMatchObject({ keptRuns: 1, runs: ['run-0'] });
      expect(await collectGarbage(store, { ...options, maxSizeBytes: 1 })).toMatchObject({ keptRuns: 1 });
    }));

  it('touches no record and no content while a run goes on, and goes on when that run is dead', () =>
    inFreshStore(async (store) => {
      await build(store, twoRuns);
      const here = await store.presence.announce('run', 'the run');
      const busy = await collectGarbage(store, { keepRuns: 1, dryRun: false });
      expect(busy).toMatchObject({ busy: [{ runId: 'the run' }], records: [], blobs: [], runs: [] });
      expect((await store.records.keys()).size).toBe(5);
      await here.leave();
      // Nobody has this process id, and of another host nothing was heard for an hour.
      const present = join(store.root, 'present');
      const killed = { ...thisProcess, pid: 4194400, role: 'run', runId: 'killed' } as const;
      writeFileSync(join(present, presentFileName(killed)), '');
      const silent = join(present, 'run~~elsewhere~~another-host~abc~1~1');
      writeFileSync(silent, '');
      expect((await store.presence.list()).map(({ runId }) => runId)).toEqual(['elsewhere']);
      utimesSync(silent, Date.now() / 1000 - 3601, Date.now() / 1000 - 3601);
      expect(await collectGarbage(store, { keepRuns: 1, dryRun: false })).toMatchObject({
        busy: [],
        runs: ['run-0'],
      });
    }));

  it('removes locks only where no run goes on', () =>
    inFreshStore(async (store) => {
      const lock = join(store.root, 'locks/item-of-a-dead-run-elsewhere');
      mkdirSync(join(store.root, 'locks'), { recursive: true });
      writeFileSync(lock, '');
      const here = await store.presence.announce('run', 'the run');
      await collectGarbage(store, { keepRuns: 1, dryRun: false });
      expect(existsSync(lock)).toBe(true);
      await here.leave();
      const { leftovers } = await collectGarbage(store, { keepRuns: 1, dryRun: false });
      expect(leftovers).toEqual([lock]);
      expect(existsSync(lock)).toBe(false);
    }));

  it('makes a run that begins wait until it is over', () =>
    inFreshStore(async (store) => {
      const collection = await store.presence.announce('gc', '');
      let begun = false;
      const run = store.presence.announceRun('r', new AbortController().signal).then((here) => {
        begun = true;
        return here.leave();
      });
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect(begun).toBe(false);
      await collection.leave();
      await run;
      expect(begun).toBe(true);
    }));

  it('keeps all items when a list of them is broken', () =>
    inFreshStore(async (store) => {
      const [, second] = await build(store, twoRuns);
      if (second === undefined) throw new Error('There are two stages.');
      writeFileSync(join(store.root, 'items', second.slice(0, 2), `${second}.txt`), 'half a');
      await collectGarbage(store, { keepRuns: 1, dryRun: false });
      for (const item of [0, 1, 2]) expect(await store.records.readItem(itemKeyOf(item))).toBeDefined();
    }));

  it('removes what dead processes were writing, and not what living ones are', () =>
    inFreshStore(async (store) => {
      await build(store, twoRuns);
      const incoming = join(store.root, 'work/incoming');
      const dead = join(incoming, `abc.${identityText({ ...thisProcess, pid: 4194400 })}-0.new`);
      const elsewhere = join(incoming, 'abc.another-host~abc~1~1-0.new');
      for (const path of [dead, elsewhere]) writeFileSync(path, 'half a');
      expect((await collectGarbage(store, { keepRuns: 9, dryRun: false })).leftovers).toEqual([dead]);
    }));
});
