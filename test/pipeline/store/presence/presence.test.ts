import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { thisProcess } from '../../../../pipeline/core/process-identity.js';
import type { Announcement } from '../../../../pipeline/store/presence/announcement.js';
import { presentFileName, presentText, type Present } from '../../../../pipeline/store/presence/present.js';
import { Presence } from '../../../../pipeline/store/presence/presence.js';

const never = new AbortController().signal;
const farAway = { host: 'farm-2', machine: 'abcdef' };

describe('presence', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-present-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const runIds = async (presence: Presence): Promise<string[]> =>
    (await presence.list()).map(({ runId }) => runId).sort();
  const files = (): Promise<string[]> => readdir(join(root, 'present'));
  async function announced(...args: Parameters<Presence['announce']>): Promise<Announcement> {
    const here = await new Presence(root).announce(...args);
    onTestFinished(() => here.leave());
    return here;
  }
  async function leftBehind(present: Partial<Present>): Promise<string> {
    const whole: Present = { role: 'run', runId: 'x', ...thisProcess, heartbeat: 'once', ...present };
    const path = join(root, 'present', presentFileName(whole));
    await writeFile(path, presentText(whole));
    return path;
  }

  it('is that of the announced until they leave', async () => {
    const [a, b] = [await announced('run', 'a'), await announced('run', 'b')];
    const presence = new Presence(root);
    expect(await runIds(presence)).toEqual(['a', 'b']);
    await a.leave();
    expect(await runIds(presence)).toEqual(['b']);
    await b.leave();
    expect(await files()).toEqual([]);
  });

  it('of a process of this machine ends with it, and what it left is removed', async () => {
    await announced('run', 'a');
    await leftBehind({ runId: 'killed', pid: 4194400 });
    await leftBehind({ runId: 'replaced', startTime: '1' });
    expect(await runIds(new Presence(root))).toEqual(['a']);
    expect(await files()).toHaveLength(1);
  });

  it('of another machine ends when its heartbeat has stood still, whatever the clocks say', async () => {
    await announced('run', 'a');
    const path = await leftBehind({ ...farAway, heartbeat: '2999-01-01T00:00:00.000Z' });
    await utimes(path, 4e9, 4e9);
    const presence = new Presence(root, 100);
    expect(await runIds(presence)).toEqual(['a', 'x']);
    await setTimeout(120);
    expect(await runIds(presence)).toEqual(['a']);
  });

  it('of another machine is waited for where it matters: until there is a heartbeat', async () => {
    await announced('run', 'far', { self: farAway, heartbeatMs: 50 });
    const presence = new Presence(root, 5000);
    const doubted: string[] = [];
    const began = performance.now();
    const alive = await presence.listSurely(never, (some) => doubted.push(...some.map(({ host }) => host)));
    expect(alive.map(({ runId }) => runId)).toEqual(['far']);
    expect(doubted).toEqual(['farm-2']);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('of another machine is waited for where it matters: until it has stood still', async () => {
    await announced('run', 'here');
    await leftBehind(farAway);
    const alive = await new Presence(root, 150).listSurely(never, () => undefined);
    expect(alive.map(({ runId }) => runId)).toEqual(['here']);
    expect(await files()).toHaveLength(1);
  });

  it('comes back when somebody has removed it by mistake, and knows that it was doubted', async () => {
    const here = await announced('run', 'a', { heartbeatMs: 20 });
    expect(here.mayBeTakenForDead).toBe(false);
    await rm(here.path);
    await setTimeout(200);
    expect(await runIds(new Presence(root))).toEqual(['a']);
    expect(here.mayBeTakenForDead).toBe(true);
  });

  it('does not come back after it has left', async () => {
    for (let round = 0; round < 20; round++) {
      const here = await new Presence(root).announce('run', 'a', { heartbeatMs: 1 });
      await setTimeout(3);
      await here.leave();
      expect(await files()).toEqual([]);
    }
  });

  it('shows a heartbeat in place, always as long as before', async () => {
    const here = await announced('run', 'a', { heartbeatMs: 20 });
    const before = await readFile(here.path, 'utf8');
    await setTimeout(150);
    const after = await readFile(here.path, 'utf8');
    expect(after).not.toBe(before);
    expect(after).toHaveLength(before.length);
  });

  it('of somebody whose file was cut short is told from its name', async () => {
    const here = await announced('run', 'a');
    await writeFile(here.path, '{"ro');
    expect(await runIds(new Presence(root))).toEqual(['a']);
  });
});
