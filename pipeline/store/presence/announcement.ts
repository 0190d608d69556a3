import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint } from '../../core/crash-point.js';
import { hasErrorCode } from '../../core/error-code.js';
import { presentFileName, presentText, type Present } from './present.js';

export interface HeartbeatOptions {
  readonly heartbeatMs?: number;
  /** How long somebody on another machine may give no sign of life before he counts as gone. */
  readonly staleMs?: number;
}

const defaultHeartbeatMs = 3000;
export const defaultStaleMs = 60_000;

/** One who has said that he is there, and says so again every few seconds, until he leaves. */
export class Announcement {
  readonly path: string;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #beatenMs = performance.now();
  #mayBeTakenForDead = false;

  private constructor(
    directory: string,
    readonly self: Present,
    readonly staleMs: number,
  ) {
    this.path = join(directory, presentFileName(self));
  }

  /** @param directory has to be there */
  static async make(directory: string, self: Present, options: HeartbeatOptions): Promise<Announcement> {
    const made = new Announcement(directory, self, options.staleMs ?? defaultStaleMs);
    crashPoint('presence-before-announce');
    await writeFile(made.path, presentText(self), { flag: 'wx' });
    crashPoint('presence-after-announce');
    const beat = (): void => void (made.#beating = made.#beat().catch(() => undefined));
    made.#timer = setInterval(beat, options.heartbeatMs ?? defaultHeartbeatMs).unref();
    return made;
  }

  /** Says that the work is over. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    crashPoint('presence-before-leave');
    await rm(this.path, { force: true });
  }

  /** This one's heart once stood still for so long that others may have taken it for dead. */
  get mayBeTakenForDead(): boolean {
    if (performance.now() - this.#beatenMs > this.staleMs / 2) this.#mayBeTakenForDead = true;
    return this.#mayBeTakenForDead;
  }

  /**
   * In place, so that all locks, which are links to it, show it; and closed each time, for over NFS others see what
   * was written when the file is closed. Always as long as before: who reads while it is written finds one heartbeat
   * or a mixture, and both have changed.
   */
  async #beat(): Promise<void> {
    const wasTakenForDead = this.mayBeTakenForDead;
    const text = presentText({ ...this.self, heartbeat: new Date().toISOString() });
    try {
      const handle = await open(this.path, 'r+');
      try {
        await handle.write(text, 0);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
      // Somebody took it for dead and removed it; it lives.
      this.#mayBeTakenForDead = true;
      await writeFile(this.path, text, { flag: 'wx' });
    }
    this.#mayBeTakenForDead ||= wasTakenForDead;
    this.#beatenMs = performance.now();
  }
}
