import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { thisProcess } from '../../../pipeline/core/process-identity.js';
import { Locks } from '../../../pipeline/run/lock.js';
import { type Present } from '../../../pipeline/store/presence/present.js';
import { Presence } from '../../../pipeline/store/presence/presence.js';

const never = new AbortController().signal;
const ignore = (): void => undefined;

describe('locks', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-locks-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  interface Options {
    readonly staleMs?: number;
    readonly heartbeatMs?: number;
    readonly self?: Present;
  }
  /** As a run that looks at the store by itself does. */
  async function locksOf(runId: string, options: Options = {}): Promise<Locks> {
    const presence = new Presence(root, options.staleMs);
    const here = await presence.announce('run', runId, options);
    const locks = await Locks.open({ root, presence }, here);
    onTestFinished(async () => {
      await locks.close().catch(ignore);
      await here.leave();
    });
    return locks;
  }
  const files = async (): Promise<string[]> => (await readdir(join(root, 'locks'))).sort();
  const put = (name: string, owner: Present | string): Promise<void> =>
    writeFile(join(root, 'locks', name), typeof owner === 'string' ? owner : JSON.stringify(owner));
  /** An owner whose process is gone: another one has its id now. */
  const deadOwner = (runId: string): Present => ({ ...living(runId), startTime: '1' });
  const elsewhere = (runId: string): Present => ({ ...living(runId), host: 'farm-2', machine: 'abcdef' });
  const living = (runId: string): Present => ({
    role: 'run',
    runId,
    ...thisProcess,
    heartbeat: new Date().toISOString(),
  });

  it('are held by one run at a time', async () => {
    const [a, b] = [await locksOf('a'), await locksOf('b')];
    expect(await a.attempt('x')).toEqual({ taken: true });
    expect(await b.attempt('x')).toMatchObject({ taken: false, owner: { runId: 'a', pid: process.pid } });
    expect(await b.attempt('y')).toEqual({ taken: true });
    await a.release('x');
    expect(await b.attempt('x')).toEqual({ taken: true });
  });

  it('are not given twice to one run either: two of its stages may want the same', async () => {
    const a = await locksOf('a');
    const attempts = await Promise.all([a.attempt('x'), a.attempt('x')]);
    expect(attempts.map(({ taken }) => taken)).toEqual([true, false]);
    await a.release('x');
    expect(await a.attempt('x')).toEqual({ taken: true });
  });

  it('leave no file when their run ends', async () => {
    const a = await locksOf('a');
    await a.attempt('x');
    expect(await files()).toEqual(['x']);
    await a.close();
    expect(await files()).toEqual([]);
  });

  it('say once for whom one waits, and can be waited for until the run is cancelled', async () => {
    const [a, b] = [await locksOf('a'), await locksOf('b')];
    await a.attempt('x');
    const waitedFor: string[] = [];
    const waiting = b.acquire('x', never, ({ runId }) => void waitedFor.push(runId));
    await setTimeout(150);
    await a.release('x');
    await waiting;
    expect(waitedFor).toEqual(['a']);
    const cancelled = new AbortController();
    const inVain = a.acquire('x', cancelled.signal, ignore);
    cancelled.abort();
    await expect(inVain).rejects.toThrow(/abort/i);
  });

  it('of a process that is gone are taken over at once', async () => {
    const a = await locksOf('a');
    for (const owner of [deadOwner('dead'), { ...deadOwner('gone'), pid: 2 ** 22 + 1 }]) {
      await put('x', owner);
      expect(await a.attempt('x')).toEqual({ taken: true });
      await a.release('x');
    }
  });

  it('of another machine are taken over when their heartbeat has stood still, whatever its clock says', async () => {
    const a = await locksOf('a', { staleMs: 150 });
    await put('x', { ...elsewhere('dead'), heartbeat: '2999-01-01T00:00:00.000Z' });
    expect((await a.attempt('x')).taken).toBe(false);
    await setTimeout(50);
    expect((await a.attempt('x')).taken).toBe(false);
    await setTimeout(150);
    expect((await a.attempt('x')).taken).toBe(true);
  });

  it('of another machine whose heart beats are respected', async () => {
    const far = await locksOf('far', { self: elsewhere('far'), heartbeatMs: 10 });
    await far.attempt('x');
    const a = await locksOf('a', { staleMs: 200 });
    for (let tries = 0; tries < 10; tries++) {
      expect((await a.attempt('x')).taken).toBe(false);
      await setTimeout(50);
    }
  });

  it('that cannot be read (cut short by a power cut) are taken over after the same time', async () => {
    const a = await locksOf('a', { staleMs: 50 });
    await put('x', '{"runId": "b", "ho');
    expect((await a.attempt('x')).taken).toBe(false);
    await setTimeout(60);
    expect((await a.attempt('x')).taken).toBe(true);
  });

  it('are taken over although an earlier taker died in the middle of it', async () => {
    const a = await locksOf('a');
    await put('x', deadOwner('first'));
    await put('x.after-first', deadOwner('second'));
    await put('x.after-first.after-second', deadOwner('third'));
    expect(await a.attempt('x')).toEqual({ taken: true });
    expect(await files()).toEqual(['x']);
  });

  it('that a living run took over stay with it when the one that was taken for dead comes back', async () => {
    const slow = await locksOf('slow', { self: elsewhere('slow'), heartbeatMs: 60_000, staleMs: 30 });
    await slow.attempt('x');
    const a = await locksOf('a', { staleMs: 30 });
    await a.acquire('x', never, ignore);
    await slow.release('x');
    expect(await files()).toContain('x');
    expect((await slow.attempt('x')).taken).toBe(false);
  });

  it('go to exactly one of many that take over a dead one at the same time', async () => {
    const takers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((runId) => locksOf(runId)));
    for (let round = 0; round < 40; round++) {
      await put('x', deadOwner(`dead-${round}`));
      let holders = 0;
      let most = 0;
      await Promise.all(
        takers.map(async (locks) => {
          while (!(await locks.attempt('x')).taken) await new Promise((resolve) => setImmediate(resolve));
          most = Math.max(most, ++holders);
          await new Promise((resolve) => setImmediate(resolve));
          holders--;
          await locks.release('x');
        }),
      );
      expect(most).toBe(1);
    }
    expect(await files()).toEqual([]);
  }, 20_000);

  it('of dead runs of this machine are swept away by the next run, those of others are not', async () => {
    await locksOf('a');
    await put('item-1', deadOwner('dead'));
    await put('item-2', elsewhere('far'));
    await locksOf('b');
    expect(await files()).toEqual(['item-2']);
  });
});
