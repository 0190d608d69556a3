import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process in /proc/<pid>/stat. */
export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** Ticks since the machine started; with the pid it names one process for good, pids alone come again. */
  readonly startTime: string;
}

/** A living process; undefined when there is none of this id, when it has ended (a zombie), or without /proc. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in brackets and may hold anything, brackets and blanks too.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', parentPid, groupId, sessionId] = fields;
    if (/[ZXx]/.test(state)) return undefined;
    return {
      pid,
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      sessionId: Number(sessionId),
      startTime: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

/** All living processes that can be seen; undefined on a system without /proc. */
export function livingProcesses(): readonly ProcessStat[] | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? (processStat(Number(name)) ?? []) : [],
  );
}
