import { link, mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '../core/crash-point.js';
import { writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { livesHere } from '../core/process-identity.js';
import type { Announcement } from '../store/presence/announcement.js';
import type { Presence } from '../store/presence/presence.js';
import { parsePresent, presentText, type Present } from '../store/presence/present.js';

const firstPollMs = 20;
const longestPollMs = 500;

/** What came of an attempt at a lock: it is ours, or it is somebody's; who, cannot be told while it changes hands. */
export type LockAttempt =
  { readonly taken: true } | { readonly taken: false; readonly owner: Present | undefined };

/**
 * Locks between runs that share a store, on one machine or several: plain files under `locks/`, of which file
 * systems, NFS too, promise only that a hard link is made by one of those who try.
 *
 * A run has a file that says that it is there (store/presence/), with its heartbeat in it. A lock is a hard link to
 * it, so that taking one of many thousands is one call, and all of them show the heartbeat. Whoever wants to remove a
 * dead owner's lock first takes the lock that carries that owner's name, `<lock>.after-<run>`, and then looks again:
 * a name is never given to a second owner, so that nobody's new lock is taken for a dead one's.
 */
export class Locks {
  readonly #held = new Set<string>();

  private constructor(
    readonly directory: string,
    readonly presence: Presence,
    readonly here: Announcement,
  ) {}

  /** @param here the run that is to hold them. What dead runs of this machine left is removed. */
  static async open(
    store: { readonly root: string; readonly presence: Presence },
    here: Announcement,
  ): Promise<Locks> {
    const locks = new Locks(join(store.root, 'locks'), store.presence, here);
    await writing(locks.directory, () => mkdir(locks.directory, { recursive: true }));
    await locks.#sweep();
    return locks;
  }

  /** Who holds them. */
  get self(): Present {
    return this.here.self;
  }

  /** Gives up all that is still held. */
  async close(): Promise<void> {
    for (const name of this.#held) await this.release(name);
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
  async acquire(name: string, signal: AbortSignal, onWait: (owner: Present) => void): Promise<void> {
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
    try {
      crashPoint('lock-before-release');
      const owner = this.here.mayBeTakenForDead ? await this.#owner(name) : this.self;
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
  async #remove(name: string, dead: Present | undefined): Promise<boolean> {
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
      await link(this.here.path, this.#path(name));
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS')) throw error;
    }
    // A file system without hard links: a file of its own. Who reads it half-written cannot tell whose it is.
    try {
      await writeFile(this.#path(name), presentText(this.self), { flag: 'wx' });
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async #owner(name: string): Promise<Present | undefined | 'none'> {
    try {
      return parsePresent(await readFile(this.#path(name), 'utf8'));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ESTALE')) return 'none';
      throw error;
    }
  }

  /** A lock that is not whole cannot say whose it is: nobody's, when nothing has become of it for long enough. */
  async #isDead(name: string, owner: Present | undefined): Promise<boolean> {
    return owner ? this.presence.hasEnded(owner) : this.presence.stoodStill(`lock ${name}`, '');
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const owner = await this.#owner(name);
      if (owner && owner !== 'none' && livesHere(owner) === false) await this.#remove(name, owner);
    }
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}
