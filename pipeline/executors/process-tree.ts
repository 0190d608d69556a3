import { setTimeout } from 'node:timers/promises';
import { hasErrorCode } from '../core/error-code.js';
import { livingProcesses, processStat, type ProcessStat } from '../core/process-stat.js';

const firstPollMs = 10;
const longestPollMs = 250;
const stubbornMs = 10_000;

/**
 * A program with all that it started: its process group and, on Linux, also what moved into a group or a session
 * of its own, as far as it was seen while its parent lived.
 */
export class ProcessTree {
  /** Members outside the group, by id with their start times. */
  readonly #strays = new Map<number, string>();

  /** @param leaderPid of a process that leads a group and a session of its own */
  constructor(readonly leaderPid: number) {}

  /** True when nothing of the program's group runs any more. */
  groupHasEnded(): boolean {
    try {
      process.kill(-this.leaderPid, 0);
    } catch (error) {
      // EPERM: there is one, which belongs to another user.
      if (!hasErrorCode(error, 'EPERM')) return true;
    }
    // Ended processes that nobody has waited for still count as members; they run no more.
    return livingProcesses()?.every(({ groupId }) => groupId !== this.leaderPid) ?? false;
  }

  /**
   * Asks all of the tree to end, makes it after the grace time, and answers when nothing of it is left.
   * @param complain called once when something does not even end when it is killed (it hangs in the kernel)
   */
  async end(graceMs: number, complain: (line: string) => void): Promise<void> {
    this.#signal('SIGTERM');
    if (await this.ended(graceMs)) return;
    this.#signal('SIGKILL');
    if (await this.ended(stubbornMs)) return;
    complain(`A process of group ${this.leaderPid} does not end although it was killed; waiting for it.`);
    while (!(await this.ended(stubbornMs))) this.#signal('SIGKILL');
  }

  /** Waits until nothing of the tree is left. @returns false when something is after that time */
  async ended(withinMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + withinMs;
    for (let pollMs = firstPollMs; ; pollMs = Math.min(2 * pollMs, longestPollMs)) {
      if (this.#hasEnded()) return true;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return false;
      await setTimeout(Math.min(pollMs, leftMs));
    }
  }

  #hasEnded(): boolean {
    return this.groupHasEnded() && this.#livingStrays().length === 0;
  }

  #livingStrays(): number[] {
    return [...this.#strays].flatMap(([pid, startTime]) =>
      processStat(pid)?.startTime === startTime ? [pid] : [],
    );
  }

  #signal(signal: NodeJS.Signals): void {
    this.#findStrays();
    for (const target of [-this.leaderPid, ...this.#livingStrays()]) {
      try {
        process.kill(target, signal);
      } catch {
        // It has ended already.
      }
    }
  }

  #findStrays(): void {
    const all = livingProcesses() ?? [];
    const members = new Set<number>([this.leaderPid, ...this.#livingStrays()]);
    const isMember = ({ groupId, sessionId, parentPid }: ProcessStat): boolean =>
      groupId === this.leaderPid || sessionId === this.leaderPid || members.has(parentPid);
    for (let before = -1; before !== members.size;) {
      before = members.size;
      for (const stat of all) if (isMember(stat)) members.add(stat.pid);
    }
    for (const { pid, groupId, startTime } of all)
      if (members.has(pid) && groupId !== this.leaderPid && pid !== process.pid)
        this.#strays.set(pid, startTime);
  }
}
