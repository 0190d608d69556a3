import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SeenTask, Submitted } from '../farm/cluster.js';
import { refText } from '../farm/flight.js';
import { TaskFiles } from '../farm/task-files.js';

/** A heartbeat comes every ten seconds; so long without one is none, by our own clock: nodes have others. */
const stillMs = 120_000;

/** What the files of tasks say of them, where their engine is not asked. */
export class SignsOfLife {
  readonly #beats = new Map<string, { readonly atMs: number; readonly sinceMs: number }>();

  /** @param nowMs a clock that only goes forward */
  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /**
   * @param isListed whether the engine still lists the task; undefined when it is not asked
   * @returns undefined when the task shows that it was never submitted
   */
  async of(
    { nonce, directory }: Submitted,
    index: number,
    isListed: boolean | undefined,
  ): Promise<SeenTask | undefined> {
    const task = { nonce, index };
    const files = new TaskFiles(dirname(directory));
    const folder = files.taskFolder(task);
    const names = await readdir(folder);
    const beat = names.includes('heartbeat.json') ? await files.readHeartbeat(task) : undefined;
    const node = beat && { node: beat.node };
    if (names.includes('exit')) {
      this.#beats.delete(refText(task));
      const code = (await readFile(join(folder, 'exit'), 'utf8')).trim();
      return { state: 'over', reason: code === '0' ? 'ended' : 'failed', ...node };
    }
    if (!names.includes('job.json') && !beat) return undefined;
    if (isListed === false) return { state: 'over', reason: 'gone', ...node };
    if (!beat) return { state: 'waiting' };
    const now = this.nowMs();
    const before = this.#beats.get(refText(task));
    const sinceMs = before?.atMs === beat.atMs ? before.sinceMs : now;
    this.#beats.set(refText(task), { atMs: beat.atMs, sinceMs });
    return now - sinceMs > stillMs && isListed === undefined
      ? { state: 'over', reason: 'node-failed', ...node }
      : { state: 'running', ...node };
  }
}
