import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writing } from '../../core/disk-failure.js';
import { hasErrorCode } from '../../core/error-code.js';
import { livesHere, thisProcess } from '../../core/process-identity.js';
import { Announcement, defaultStaleMs, type HeartbeatOptions } from './announcement.js';
import { parsePresent, presentFileName, presentOfName, type Present } from './present.js';

const waitMs = 100;
/** Who shows no heartbeat that can be watched, because nobody has the time, is gone after so long by the clocks. */
const surelyGoneMs = 3600_000;

/** Somebody on another machine, who cannot be asked: what is known of his heartbeat. */
interface Seen {
  readonly heartbeat: string;
  readonly sinceMs: number;
  /** It has changed while it was watched. */
  readonly beats: boolean;
}

/**
 * Who works with the store just now, a file each in `present/`, and the only place that tells the living from the
 * dead. On this machine the process is looked for. On another one, a heartbeat that has not changed for a minute
 * while it was watched has stopped: clocks of different machines are not compared.
 *
 * Runs and garbage collection both announce themselves before they look for each other, so at least one of the two
 * sees the other: then collection leaves records and contents alone, and a run waits until it is over.
 */
export class Presence {
  readonly directory: string;
  readonly #seen = new Map<string, Seen>();

  constructor(
    storeRoot: string,
    readonly staleMs: number = defaultStaleMs,
  ) {
    this.directory = join(storeRoot, 'present');
  }

  /** @param self for tests: somebody other than this process */
  async announce(
    role: Present['role'],
    runId: string,
    options: HeartbeatOptions & { readonly self?: Partial<Present> } = {},
  ): Promise<Announcement> {
    const self: Present = {
      role,
      runId,
      ...thisProcess,
      heartbeat: new Date().toISOString(),
      ...options.self,
    };
    return writing(this.directory, async () => {
      await mkdir(this.directory, { recursive: true });
      return Announcement.make(this.directory, self, { staleMs: this.staleMs, ...options });
    });
  }

  /** Announces a run and waits until no collection is under way. */
  async announceRun(runId: string, signal: AbortSignal): Promise<Announcement> {
    const here = await this.announce('run', runId);
    try {
      while ((await this.list()).some(({ role }) => role === 'gc'))
        await sleep(waitMs, undefined, { signal });
      return here;
    } catch (error) {
      await here.leave();
      throw error;
    }
  }

  /** Those that are not known to be gone; what others left behind when they were killed is removed. */
  async list(): Promise<readonly Present[]> {
    const alive: Present[] = [];
    for (const name of await this.#names()) {
      const named = presentOfName(name);
      const found = named && (await this.#read(name));
      if (!found) continue;
      const present = parsePresent(found.text) ?? { ...named, heartbeat: found.text };
      if (this.isGone(present) || (this.#isElsewhere(present) && found.silentMs > surelyGoneMs))
        await rm(join(this.directory, name), { force: true });
      else alive.push(present);
    }
    return alive;
  }

  /**
   * As `list`, when it has to be right: those on other machines are watched until each has shown a heartbeat or has
   * stood still for long enough.
   * @param onWait called once with those that are watched
   */
  async listSurely(
    signal: AbortSignal,
    onWait: (doubtful: readonly Present[]) => void,
  ): Promise<readonly Present[]> {
    for (let told = false; ; told = true) {
      const alive = await this.list();
      const doubtful = alive.filter(
        (present) => this.#isElsewhere(present) && !this.#seen.get(presentFileName(present))?.beats,
      );
      if (doubtful.length === 0) return alive;
      if (!told) onWait(doubtful);
      await sleep(waitMs, undefined, { signal });
    }
  }

  /** Whether somebody has ended, by his file or by a copy of it that may be older. */
  async hasEnded(copy: Present): Promise<boolean> {
    if (livesHere(copy) !== undefined) return this.isGone(copy);
    const now = await this.#read(presentFileName(copy));
    return this.isGone((now && parsePresent(now.text)) ?? copy);
  }

  /** Whether somebody is known to have ended, from what he has just been seen to say. */
  isGone(present: Present): boolean {
    const lives = livesHere(present);
    return lives === undefined ? this.stoodStill(presentFileName(present), present.heartbeat) : !lives;
  }

  /** Whether what somebody changes every few seconds has not changed for too long, as far as it was watched. */
  stoodStill(who: string, heartbeat: string): boolean {
    const nowMs = performance.now();
    const seen = this.#seen.get(who);
    if (seen?.heartbeat === heartbeat) return nowMs - seen.sinceMs >= this.staleMs;
    this.#seen.set(who, { heartbeat, sinceMs: nowMs, beats: seen !== undefined });
    return false;
  }

  #isElsewhere(present: Present): boolean {
    return livesHere(present) === undefined;
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.directory).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    });
  }

  async #read(name: string): Promise<{ readonly text: string; readonly silentMs: number } | undefined> {
    try {
      // Opened, not just looked at: NFS then asks the server.
      const handle = await open(join(this.directory, name), 'r');
      try {
        const { mtimeMs } = await handle.stat();
        return { text: await readFile(handle, 'utf8'), silentMs: Date.now() - mtimeMs };
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ESTALE')) return undefined;
      throw error;
    }
  }
}
