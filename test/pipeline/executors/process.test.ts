import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStat } from '../../../pipeline/executors/process-stat.js';
import { runProcess } from '../../../pipeline/executors/process.js';

const graceMs = 300;
const never = new AbortController().signal;
const env = { PATH: process.env['PATH'] ?? '' };

describe.skipIf(process.platform !== 'linux')(
  'a child process (seen through /proc, so on Linux only)',
  () => {
    let folder: string;
    let lines: string[];
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'darkroom-process-'));
      lines = [];
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const shell = (script: string, signal: AbortSignal, timeoutMs?: number): Promise<unknown> =>
      runProcess(
        '/bin/sh',
        ['-c', script],
        { cwd: folder, env, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        { signal, log: (line) => void lines.push(line), graceMs },
      );

    async function pidIn(name: string): Promise<number> {
      for (;;) {
        const text = await readFile(join(folder, name), 'utf8').catch(() => '');
        if (text.endsWith('\n')) return Number(text);
        await setTimeout(10);
      }
    }

    it('that ignores TERM is killed after the grace time, and gone when the promise settles', async () => {
      const cancelled = new AbortController();
      const running = shell("trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done", cancelled.signal);
      const pid = await pidIn('pid');
      const begunMs = performance.now();
      cancelled.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      expect(performance.now() - begunMs).toBeGreaterThanOrEqual(graceMs * 0.9);
      expect(processStat(pid)).toBeUndefined();
    });

    it('that has a signal of its own is ended by it alone, and what it printed is kept', async () => {
      const stopping = new AbortController();
      const running = runProcess(
        '/bin/sh',
        ['-c', 'echo begun; echo $$ > pid; sleep 60'],
        { cwd: folder, env, reject: false, signal: stopping.signal },
        { signal: never, log: () => undefined, graceMs },
      );
      const pid = await pidIn('pid');
      stopping.abort();
      expect(await running).toMatchObject({ exitCode: null, signal: 'SIGTERM', stdout: 'begun' });
      expect(processStat(pid)).toBeUndefined();
    });

    it('is asked first, and may clean up', async () => {
      const cancelled = new AbortController();
      const running = shell(
        "trap 'sleep 0.1; echo tidy > end; exit' TERM; echo $$ > pid; while :; do sleep 0.05; done",
        cancelled.signal,
      );
      await pidIn('pid');
      cancelled.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      expect(await readFile(join(folder, 'end'), 'utf8')).toBe('tidy\n');
    });

    it('takes its grandchildren with it, also stubborn ones and those in a session of their own', async () => {
      const cancelled = new AbortController();
      const running = shell(
        `(trap '' TERM; echo $(exec sh -c 'echo $PPID') > stubborn; while :; do sleep 0.05; done) &
       setsid sh -c 'echo $$ > stray; while :; do sleep 0.05; done' &
       wait`,
        cancelled.signal,
      );
      const pids = [await pidIn('stubborn'), await pidIn('stray')];
      for (const pid of pids) expect(processStat(pid)).toBeDefined();
      cancelled.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      for (const pid of pids) expect(processStat(pid)).toBeUndefined();
    });

    it('is ended when it takes longer than it may', async () => {
      await expect(shell('echo begun; sleep 60', never, 100)).rejects.toMatchObject({
        message: '/bin/sh did not end within 100 ms',
        details: ['begun'],
      });
    });

    it('leaves nothing running behind when it ends by itself', async () => {
      await shell('sleep 60 > /dev/null 2>&1 & echo $! > pid', never);
      expect(processStat(await pidIn('pid'))).toBeUndefined();
    });

    it('that failed shows its last fifty lines', async () => {
      const failed = shell('seq 1 80; exit 4', never).catch((error: unknown) => error);
      await expect(failed).resolves.toMatchObject({ message: '/bin/sh failed with exit code 4' });
      const { details } = (await failed) as { details: readonly string[] };
      expect(details).toHaveLength(50);
      expect(details.at(-1)).toBe('80');
      expect(lines).toHaveLength(80);
    });

    it('does not start when the run was cancelled before', async () => {
      await expect(shell('echo > started', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
      await expect(readFile(join(folder, 'started'))).rejects.toThrow('ENOENT');
    });
  },
);
