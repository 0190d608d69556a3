import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concurrently } from '../../pipeline/core/concurrently.js';
import { crashPoints, type CrashPoint } from '../../pipeline/core/crash-point.js';
import { isDigest } from '../../pipeline/core/digest.js';
import { productRoot } from '../../pipeline/core/product-root.js';
import { collectGarbage } from '../../pipeline/store/collect-garbage.js';
import { Store } from '../../pipeline/store/store.js';
import { verifyStore } from '../../pipeline/store/verify.js';

const dist = join(productRoot(), 'dist');
const itemCount = 5;
const pipeline = `version: 1
name: crash
stages:
  upper:
    uses: command
    with:
      each: in/*.txt
      run: [sh, -c, 'echo {stem} >> started; echo {stem}; tr a-z A-Z < {input} > {output}']
      outputs: '{stem}.out'
  joined:
    uses: command
    in: { files: upper }
    with: { run: [sh, -c, 'cat {input}/*.out > {output}'], outputs: joined.txt }
`;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly printed: string;
}

async function node(args: readonly string[], crashAt = ''): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DARKROOM_CRASH_AT: crashAt },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, printed })));
}

const command = (words: readonly string[], crashAt?: string): Promise<Ended> =>
  node([join(dist, 'stages/main.js'), ...words], crashAt);

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** All that a store has made, without times; contents are read again, as their names may not be believed here. */
async function storeState(workspace: string): Promise<object> {
  const store = join(workspace, '.pipeline');
  const state: Record<string, unknown> = {};
  for (const folder of ['actions', 'latest', 'items', 'blobs'])
    for (const path of await filesUnder(join(store, folder))) {
      if (path.endsWith('.new')) continue;
      const text = await readFile(join(store, folder, path), 'utf8');
      state[`${folder}/${path}`] = folder === 'actions' ? withoutTimes(text) : text;
    }
  return state;
}

function withoutTimes(text: string): object {
  return { ...(JSON.parse(text) as object), tookMs: 0, held: '', finishedAt: '' };
}

async function viewState(workspace: string): Promise<Record<string, string>> {
  const out = join(workspace, 'out');
  const state: Record<string, string> = {};
  for (const path of await filesUnder(out)) state[path] = await readFile(join(out, path), 'utf8');
  return state;
}

/** The items of which the store has a record: nobody may make them again. */
async function acknowledgedItems(workspace: string): Promise<string[]> {
  const items: string[] = [];
  for (const path of await filesUnder(join(workspace, '.pipeline/actions'))) {
    if (!path.endsWith('.json')) continue;
    const text = await readFile(join(workspace, '.pipeline/actions', path), 'utf8');
    const record = JSON.parse(text) as {
      readonly action: string;
      readonly files?: readonly { path: string }[];
    };
    const name = record.action === 'item' ? record.files?.[0]?.path : undefined;
    if (name !== undefined) items.push(name.replace(/\.(out|txt)$/, ''));
  }
  return items;
}

async function startsOf(workspace: string): Promise<string[]> {
  const text = await readFile(join(workspace, 'started'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Two visits pass before, where a point is visited by every item: some are acknowledged then. */
function faultAt(point: CrashPoint): string {
  if (point.startsWith('journal-before-')) return /event|log/.test(point) ? `${point}@4` : point;
  return /^(item-record|blob)-(?!before-write)/.test(point) ? `${point}@3` : point;
}

describe('the crash matrix', () => {
  let root: string;
  let undisturbed: string;

  async function freshWorkspace(name: string): Promise<string> {
    const folder = join(root, name);
    await mkdir(join(folder, 'in'), { recursive: true });
    await writeFile(join(folder, 'pipeline.yaml'), pipeline);
    for (let i = 0; i < itemCount; i++) {
      const path = join(folder, 'in', `${String.fromCharCode(97 + i)}.txt`);
      await writeFile(path, `content ${i}\n`);
      // Old enough for its digest to be remembered.
      await utimes(path, 1000, 1000);
    }
    return folder;
  }

  beforeAll(async () => {
    expect((await stat(join(dist, 'stages/main.js'))).isFile(), 'npm run build').toBe(true);
    root = await mkdtemp(join(tmpdir(), 'darkroom-crash-'));
    undisturbed = await freshWorkspace('undisturbed');
    expect(await command(['run', undisturbed])).toMatchObject({ code: 0 });
    expect(Object.keys(await viewState(undisturbed))).toHaveLength(itemCount + 5);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** Killed there, then run again: as if nothing had happened. */
  async function killAndRunAgain(point: CrashPoint): Promise<string> {
    const folder = await freshWorkspace(point);
    const killed = await command(['run', folder], faultAt(point));
    expect(killed.signal, `${point} is reached\n${killed.printed}`).toBe('SIGKILL');
    const whole = await viewState(undisturbed);
    for (const stage of ['upper', 'joined']) {
      const shown = Object.entries(await viewState(folder)).filter(([path]) => path.startsWith(`${stage}/`));
      const due = Object.entries(whole).filter(([path]) => path.startsWith(`${stage}/`));
      expect([[], due], `${point}: out/${stage} is whole or not there`).toContainEqual(shown);
    }
    const acknowledged = await acknowledgedItems(folder);
    await settle(folder);
    const startedBefore = await startsOf(folder);

    const again = await command(['run', folder]);
    expect(again.code, `${point}\n${again.printed}`).toBe(0);
    const startedAgain = (await startsOf(folder)).slice(startedBefore.length);
    expect(
      startedAgain.filter((item) => acknowledged.includes(item)),
      `${point}: acknowledged items that ran twice`,
    ).toEqual([]);
    await expectClean(point, folder);
    const kept = acknowledged.filter((name) => name !== 'joined').length;
    return `killed with ${kept} of ${itemCount} items kept, ${startedAgain.length} made by the next run`;
  }

  /** A child of a killed engine may live on for a moment: it is not what is tested here. */
  async function settle(folder: string): Promise<void> {
    for (let before = -1, now = 0; before !== now;) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 50));
      now = (await startsOf(folder)).length;
    }
  }

  async function expectClean(point: string, folder: string): Promise<void> {
    expect(await storeState(folder), point).toEqual(await storeState(undisturbed));
    expect(await viewState(folder), point).toEqual(await viewState(undisturbed));
    expect((await readdir(join(folder, 'out'))).sort(), point).toEqual(['joined', 'upper']);
    const storeFolder = join(folder, '.pipeline');
    expect(await filesUnder(join(storeFolder, 'work')), point).toEqual([]);
    expect(await readdir(join(storeFolder, 'work')), point).toEqual(['incoming']);
    const report = await collectGarbage(new Store(storeFolder), { keepRuns: 5, dryRun: false });
    expect({ ...report, leftovers: [], freedBytes: 0, keptRuns: 0, keptBytes: 0 }, point).toEqual({
      busy: [],
      keptRuns: 0,
      keptBytes: 0,
      runs: [],
      records: [],
      blobs: [],
      lists: [],
      workFolders: [],
      leftovers: [],
      freedBytes: 0,
    });
    const asides = (await filesUnder(storeFolder)).filter(
      (path) => path.endsWith('.new') && !/^runs\//.test(path),
    );
    expect(asides, `${point}: nothing is left after gc`).toEqual([]);
    for (const name of ['locks', 'present'])
      expect(await filesUnder(join(storeFolder, name)), `${point}: no ${name} are left`).toEqual([]);
    expect(await storeState(folder), `${point}, after gc`).toEqual(await storeState(undisturbed));
  }

  /** A pin that was being set is set or not; setting it again sets it. */
  async function killWhilePinning(point: CrashPoint): Promise<string> {
    const folder = join(root, point);
    await cp(undisturbed, folder, { recursive: true });
    const killed = await command(['pin', folder, 'upper'], point);
    expect(killed.signal, `${point} is reached\n${killed.printed}`).toBe('SIGKILL');
    const store = new Store(join(folder, '.pipeline'));
    const pins = (await store.pins.list()).length;
    expect((await command(['pin', folder, 'upper'])).code).toBe(0);
    expect((await store.pins.list()).map(({ stage }) => stage)).toEqual(['upper']);
    await expectClean(point, folder);
    return `killed with ${pins} pins`;
  }

  /** A collection that was killed has taken nothing that is needed, and the next one ends its work. */
  async function killWhileCollecting(point: CrashPoint): Promise<string> {
    const folder = join(root, point);
    await cp(undisturbed, folder, { recursive: true });
    await writeFile(join(folder, 'in/a.txt'), 'edited\n');
    expect((await command(['run', folder])).code).toBe(0);
    const gc = ['gc', folder, '--keep-runs', '1'];
    const killed = await command(gc, point);
    expect(killed.signal, `${point} is reached\n${killed.printed}`).toBe('SIGKILL');
    const started = (await startsOf(folder)).length;
    expect((await command(['run', folder])).code).toBe(0);
    expect(await startsOf(folder), `${point}: nothing is made again`).toHaveLength(started);
    expect((await command(gc)).printed).toContain('Kept 1 run');
    const verified = await command(['verify', folder]);
    expect(verified.printed).toContain('all sound');
    return (verified.printed.split('\n')[0] ?? '').trim();
  }

  /** A repair that was killed leaves a store that the next repair and run bring back to what it was. */
  async function killWhileRepairing(point: CrashPoint): Promise<string> {
    const folder = await freshWorkspace(point);
    expect((await command(['run', folder])).code).toBe(0);
    // As a failing disk does it: size and times stay. The view may be the same file.
    const contents = join(folder, '.pipeline/blobs');
    for (const path of (await filesUnder(contents)).map((name) => join(contents, name))) {
      if ((await readFile(path, 'utf8')) !== 'CONTENT 2\n') continue;
      const { atime, mtime } = await stat(path);
      await chmod(path, 0o644);
      await writeFile(path, 'CONTENT ?\n');
      await utimes(path, atime, mtime);
    }
    const repair = ['verify', folder, '--repair'];
    const killed = await command(repair, point);
    expect(killed.signal, `${point} is reached\n${killed.printed}`).toBe('SIGKILL');
    const repaired = await command(repair);
    expect((await command(['verify', folder])).printed, point).toContain('all sound');
    const started = (await startsOf(folder)).length;
    expect((await command(['run', folder])).code, point).toBe(0);
    expect((await startsOf(folder)).slice(started), `${point}: only what was damaged is made again`).toEqual([
      'c',
    ]);
    await expectClean(point, folder);
    return repaired.code === 0 ? 'the repair was done' : 'the next repair did it';
  }

  /** No stage of this test asks what the machine can do: the memory of it is asked by itself. */
  async function killWhileRemembering(point: CrashPoint): Promise<string> {
    const folder = join(root, point);
    const module = JSON.stringify(join(dist, 'pipeline/store/fact-memory.js'));
    const script = `import { FactMemory } from ${module};
      console.log(await new FactMemory(${JSON.stringify(folder)}).remember('tool', async () => 'version 4'));`;
    const remember = ['--input-type=module', '--eval', script];
    expect((await node(remember, point)).signal, `${point} is reached`).toBe('SIGKILL');
    for (let i = 0; i < 2; i++)
      expect(await node(remember)).toMatchObject({ code: 0, printed: 'version 4\n' });
    return 'found out again';
  }

  /** Six items that are finished in one moment, two of them with the same content. */
  const groupScript = (folder: string): string => `
    import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
    import { Store } from ${JSON.stringify(join(dist, 'pipeline/store/store.js'))};
    import { itemKey } from ${JSON.stringify(join(dist, 'pipeline/store/key-parts.js'))};
    const folder = ${JSON.stringify(folder)};
    const store = new Store(folder + '/store');
    mkdirSync(folder, { recursive: true });
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(async (name) => {
      const parts = { kind: 'test', revision: 1, tools: {}, item: name };
      const key = itemKey(parts);
      if (await store.records.readItem(key)) return;
      const path = folder + '/' + name;
      writeFileSync(path, 'content of ' + (name === 'f' ? 'e' : name));
      await store.itemCommits.keep({ key, parts, files: { [name]: path }, value: null });
      writeSync(1, key + '\\n');
    }));`;

  // A content that is taken from a file is not written, and there are five contents in all.
  it.each(
    crashPoints
      .filter((point) => /^(item-record|blob-(?!before-write))/.test(point))
      .flatMap((point) => [1, 3, 5].map((visit) => `${point}@${visit}`)),
  )('SIGKILL at %s while a group of items is kept: what is there is whole', async (fault) => {
    const folder = join(root, `group-${fault.replace('@', '-')}`);
    const keep = ['--input-type=module', '--eval', groupScript(folder)];
    const killed = await node(keep, fault);
    const store = new Store(join(folder, 'store'));
    const acknowledged = killed.printed.split('\n').filter(isDigest);
    for (const key of acknowledged) expect(await store.records.readItem(key)).toBeDefined();
    const report = await verifyStore(store, new AbortController().signal);
    expect(report).toMatchObject({ corrupt: [], damaged: [] });
    expect(killed.signal).toBe('SIGKILL');
    const again = await node(keep);
    expect(again.code, again.printed).toBe(0);
    expect(again.printed.split('\n').filter(isDigest)).toHaveLength(6 - report.records);
    expect(await verifyStore(store, new AbortController().signal)).toMatchObject({ records: 6, blobs: 5 });
  });

  it('SIGKILL at every point of the write path, then run again: as if nothing had happened', async () => {
    const results = new Map<CrashPoint, string>();
    await concurrently(crashPoints, 2, async (point) => {
      const scenario = point.startsWith('pin-')
        ? killWhilePinning
        : point.startsWith('gc-')
          ? killWhileCollecting
          : point.startsWith('repair-')
            ? killWhileRepairing
            : point.startsWith('fact-')
              ? killWhileRemembering
              : killAndRunAgain;
      results.set(point, await scenario(point));
    });
    for (const point of crashPoints) console.log(`${point.padEnd(30)} ${results.get(point) ?? ''}`);
    expect(results.size).toBe(crashPoints.length);
  });
});
