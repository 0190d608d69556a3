import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { identityPattern, processIdentity, processIsGone } from '../core/process-identity.js';

const beatMs = 60_000;
/** A process on another host that has given no sign of life for so long has ended. */
const patienceMs = 30 * beatMs;
const waitMs = 100;
const fileName = new RegExp(`^(run|gc)~~(.*)~~(${identityPattern})$`);

/** Somebody who works with the store: a run (or a pin that is being set), or garbage collection. */
export interface Present {
  readonly role: 'run' | 'gc';
  /** Which: the id of the run. */
  readonly label: string;
  readonly identity: string;
}

/**
 * Who works with the store just now: an empty file each, `present/<role>~~<label>~~<host~pid~start>`, whose time is
 * a heartbeat. Runs and garbage collection both announce themselves before they look for each other, so at least
 * one of the two sees the other: then collection leaves records and contents alone, and a run waits until it is over.
 */
export class Presence {
  readonly #folder: string;

  constructor(storeRoot: string) {
    this.#folder = join(storeRoot, 'present');
  }

  /** @returns what to call when the work is over */
  async announce(role: Present['role'], label: string): Promise<() => Promise<void>> {
    const path = join(this.#folder, `${role}~~${label}~~${processIdentity}`);
    await writing(path, async () => {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(path, '');
    });
    const beat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, beatMs);
    beat.unref();
    return async () => {
      clearInterval(beat);
      await rm(path, { force: true });
    };
  }

  /** Those that are alive; what others left behind when they were killed is removed. */
  async list(): Promise<readonly Present[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    });
    const alive: Present[] = [];
    for (const name of names) {
      const [, role, label, identity] = fileName.exec(name) ?? [];
      if (role === undefined || label === undefined || identity === undefined) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found) continue;
      if (processIsGone(identity, Date.now() - found.mtimeMs, patienceMs)) await rm(path, { force: true });
      else alive.push({ role: role === 'gc' ? 'gc' : 'run', label, identity });
    }
    return alive;
  }

  /** Announces a run and waits until no collection is under way. @returns what to call when the run is over */
  async announceRun(label: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const leave = await this.announce('run', label);
    try {
      while ((await this.list()).some(({ role }) => role === 'gc'))
        await sleep(waitMs, undefined, { signal });
      return leave;
    } catch (error) {
      await leave();
      throw error;
    }
  }
}
