import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '../core/crash-point.js';
import { writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { livesHere, parseLockOwner, thisProcess, type LockOwner } from './lock-owner.js';

const defaultHeartbeatMs = 3000;
/** An owner on another machine whose heartbeat has not changed for so long, while it was watched, is gone. */
const defaultStaleMs = 60_000;
const firstPollMs = 20;
const longestPollMs = 500;

/** What came of an attempt at a lock: it is ours, or it is somebody's; who, cannot be told while it changes hands. */
export type LockAttempt =
  { readonly taken: true } | { readonly taken: false; readonly owner: LockOwner | undefined };

interface LockOptions {
  readonly heartbeatMs?: number;
  readonly staleMs?: number;
  /** Who holds the locks; by default this process. */
  readonly self?: LockOwner;
}

/**
 * Locks between runs that share a store, on one machine or several: plain files under `locks/`, of which file
 * systems, NFS too, promise only that a hard link is made by one of those who try.
 *
 * A run has a file that says who it is (`run-<id>`), and writes its heartbeat into it. A lock is a hard link to it,
 * so that taking one of many thousands is one call, and all of them show the heartbeat. Whoever wants to remove a
 * dead owner's lock first takes the lock that carries that owner's name, `<lock>.after-<run>`, and then looks again:
 * a name is never given to a second owner, so that nobody's new lock is taken for a dead one's. Clocks of different
 * machines are not compared.
 */
export class Locks {
  readonly #held = new Set<string>();
  readonly #seen = new Map<string, { readonly heartbeat: string; readonly sinceMs: number }>();
  #timer: NodeJS.Timeout | undefined;
  #beatenMs: number | undefined;
  /** This run's heart once stood still for so long that another run may have taken it for dead. */
  #mayBeTakenForDead = false;

  private constructor(
    readonly directory: string,
    readonly self: LockOwner,
    readonly staleMs: number,
    readonly file: FileHandle,
  ) {}

  /** Makes the run known to the others that share the store, and removes what dead runs of this machine left. */
  static async open(storeRoot: string, runId: string, options: LockOptions = {}): Promise<Locks> {
    const directory = join(storeRoot, 'locks');
    const self = options.self ?? thisProcess(runId);
    const locks = await writing(directory, async () => {
      await mkdir(directory, { recursive: true });
      const file = await open(join(directory, `run-${runId}`), 'wx');
      const opened = new Locks(directory, self, options.staleMs ?? defaultStaleMs, file);
      await opened.#beat();
      return opened;
    });
    locks.#timer = setInterval(
      () => void locks.#beat().catch(() => undefined),
      options.heartbeatMs ?? defaultHeartbeatMs,
    ).unref();
    await locks.#sweep();
    return locks;
  }

  /** Gives up all that is still held, and says that the run has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const name of this.#held) await this.release(name);
    await this.file.close();
    await rm(join(this.directory, `run-${this.self.runId}`), { force: true });
  }

  /**
   * Takes a lock unless a living run has it, and takes over a dead one's. Not reentrant: what this run holds is
   * taken for everybody, so that two stages of one run keep apart as two runs do.
   */
  async attempt(name: string): Promise<LockAttempt> {
    if (this.#held.has(name)) return { taken: false, owner: this.self };
    // Set before anything is waited for: of two attempts of this run, one goes to the file.
    this.#held.add(name);
    let taken = false;
    try {
      const attempt = await this.#attempt(name);
      taken = attempt.taken;
      return attempt;
    } finally {
      if (!taken) this.#held.delete(name);
    }
  }

  /**
   * Waits until the lock is taken.
   * @param onWait called once for every owner that is waited for
   */
  async acquire(name: string, signal: AbortSignal, onWait: (owner: LockOwner) => void): Promise<void> {
    let waitsFor: string | undefined;
    for (let pollMs = firstPollMs; ; pollMs = Math.min(2 * pollMs, longestPollMs)) {
      signal.throwIfAborted();
      const attempt = await this.attempt(name);
      if (attempt.taken) return;
      if (attempt.owner && attempt.owner.runId !== waitsFor) {
        waitsFor = attempt.owner.runId;
        onWait(attempt.owner);
      }
      await pause(pollMs, undefined, { signal });
    }
  }

  /** Gives a lock up. One that was taken over, because this run was taken for dead, stays with its new owner. */
  async release(name: string): Promise<void> {
    if (!this.#held.has(name)) return;
    this.#lookAtHeart();
    try {
      crashPoint('lock-before-release');
      const owner = this.#mayBeTakenForDead ? await this.#owner(name) : this.self;
      if (owner !== 'none' && owner?.runId === this.self.runId) await unlink(this.#path(name));
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    } finally {
      this.#held.delete(name);
    }
  }

  async #attempt(name: string): Promise<LockAttempt> {
    for (;;) {
      crashPoint('lock-before-take');
      if (await this.#create(name)) {
        crashPoint('lock-after-take');
        return { taken: true };
      }
      const owner = await this.#owner(name);
      if (owner === 'none') continue;
      // NFS may say that a link was there before, when a repeated request of ours has made it.
      if (owner?.runId === this.self.runId) return { taken: true };
      if (!(await this.#isDead(name, owner))) return { taken: false, owner };
      if (!(await this.#remove(name, owner))) return { taken: false, owner };
    }
  }

  /** Removes a dead owner's lock. @returns false when another run is about to do it */
  async #remove(name: string, dead: LockOwner | undefined): Promise<boolean> {
    const right = `${name}.after-${dead?.runId ?? 'nobody'}`;
    if (!(await this.attempt(right)).taken) return false;
    try {
      const now = await this.#owner(name);
      if (now !== 'none' && now?.runId === dead?.runId) await rm(this.#path(name), { force: true });
      return true;
    } finally {
      await this.release(right);
    }
  }

  /** @returns false when there is such a file already */
  async #create(name: string): Promise<boolean> {
    try {
      await link(join(this.directory, `run-${this.self.runId}`), this.#path(name));
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS')) throw error;
    }
    // A file system without hard links: a file of its own. Who reads it half-written cannot tell whose it is.
    try {
      await writeFile(this.#path(name), `${JSON.stringify(this.self)}\n`, { flag: 'wx' });
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async #owner(name: string): Promise<LockOwner | undefined | 'none'> {
    try {
      return parseLockOwner(await readFile(this.#path(name), 'utf8'));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ESTALE')) return 'none';
      throw error;
    }
  }

  async #isDead(name: string, owner: LockOwner | undefined): Promise<boolean> {
    const lives = owner && livesHere(owner, this.self.machine);
    if (lives !== undefined) return !lives;
    const nowMs = performance.now();
    const who = owner?.runId ?? name;
    const present = owner && (await this.#owner(`run-${owner.runId}`));
    const heartbeat = (present === 'none' ? undefined : present?.heartbeat) ?? owner?.heartbeat ?? '';
    const seen = this.#seen.get(who);
    if (seen?.heartbeat !== heartbeat) this.#seen.set(who, { heartbeat, sinceMs: nowMs });
    return seen?.heartbeat === heartbeat && nowMs - seen.sinceMs >= this.staleMs;
  }

  /** Always as long as before: who reads while it is written finds one heartbeat or a mixture, and both have changed. */
  async #beat(): Promise<void> {
    this.#lookAtHeart();
    const owner: LockOwner = { ...this.self, heartbeat: new Date().toISOString() };
    await this.file.write(`${JSON.stringify(owner)}\n`, 0);
    this.#beatenMs = performance.now();
  }

  #lookAtHeart(): void {
    const stoodStillMs = performance.now() - (this.#beatenMs ?? performance.now());
    if (stoodStillMs > this.staleMs / 2) this.#mayBeTakenForDead = true;
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const owner = await this.#owner(name);
      if (!owner || owner === 'none' || livesHere(owner, this.self.machine) !== false) continue;
      if (name === `run-${owner.runId}`) await rm(this.#path(name), { force: true });
      else await this.#remove(name, owner);
    }
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}
