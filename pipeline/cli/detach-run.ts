import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { thisProcess } from '../core/process-identity.js';
import type { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import type { Console } from './program.js';
import { programEntry } from './program-identity.js';

const lookEveryMs = 100;

/** All events of a run that was started with `--detach`, those of the moment, too, which no journal has. */
export function detachedEventsPath(runDirectory: string): string {
  return join(runDirectory, 'events.ndjson');
}

/**
 * Starts this command again as a process of its own, which no terminal takes along, and waits until the run has begun.
 * @returns the exit code: that of the process, when it ends before
 */
export async function detachRun(runId: string, store: Store, console: Console): Promise<number> {
  const runDirectory = store.runDirectory(runId);
  await mkdir(runDirectory, { recursive: true });
  const errors = join(runDirectory, 'errors.txt');
  const [out, err] = [await open(detachedEventsPath(runDirectory), 'a'), await open(errors, 'a')];
  const own = process.argv.slice(2).filter((word) => word !== '--detach' && word !== '--json');
  const words = [await programEntry(), ...own, '--json', '--run-id', runId];
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', out.fd, err.fd] });
  await Promise.all([out.close(), err.close()]);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const events = async (): Promise<number> => (await stat(detachedEventsPath(runDirectory))).size;
  while (!hasEnded() && (await events()) === 0) await pause(lookEveryMs);
  if (hasEnded() && child.exitCode !== exitCodes.success) {
    const text = await readFile(errors, 'utf8');
    console.error(
      text.trimEnd() ||
        `the run ended at once, by ${child.signalCode ?? `exit code ${String(child.exitCode)}`}`,
    );
    if ((await events()) === 0) await rm(runDirectory, { recursive: true, force: true });
    return child.exitCode ?? exitCodes.failure;
  }
  child.unref();
  console.out(`run ${runId} goes on by itself: process ${child.pid ?? 0} of ${thisProcess.host}`);
  console.out('`pipeline attach` shows it, `pipeline attach --end` ends it');
  return exitCodes.success;
}
