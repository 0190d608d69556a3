import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { digestOfJson } from './digest.js';
import { hasErrorCode } from './error-code.js';
import { processStat } from './process-stat.js';

/** A process for good: its id alone comes again, and means nothing on another machine. */
export interface ProcessIdentity {
  readonly host: string;
  /** The machine since its last start, and the container: process ids of one mean nothing in another. */
  readonly machine: string;
  readonly pid: number;
  /** In clock ticks since the machine started; `x` where the system does not say. */
  readonly startTime: string;
}

const unknownTime = 'x';

export const thisProcess: ProcessIdentity = {
  host: hostname(),
  machine: thisMachine(),
  pid: process.pid,
  startTime: processStat(process.pid)?.startTime ?? unknownTime,
};

/** A process as a part of a file's name, `host~machine~pid~start`. */
export function identityText({ host, machine, pid, startTime }: ProcessIdentity): string {
  return `${host.replace(/[^A-Za-z0-9-]/g, '_').slice(0, 40)}~${machine}~${pid}~${startTime}`;
}

/** This process as a part of a file's name. */
export const processIdentity = identityText(thisProcess);

export const identityPattern = '[A-Za-z0-9_-]+~[0-9a-f]+~\\d+~\\w+';

export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [host, machine, pid, startTime, ...rest] = text.split('~');
  if (host === undefined || machine === undefined || startTime === undefined || rest.length > 0)
    return undefined;
  return { host, machine, pid: Number(pid), startTime };
}

/**
 * Whether a process of this machine lives: it is there and is the same one.
 * @returns undefined for one on another machine or hidden from this user: only a sign of life tells
 */
export function livesHere({ machine, pid, startTime }: ProcessIdentity): boolean | undefined {
  if (machine !== thisProcess.machine) return undefined;
  const stat = processStat(pid);
  if (stat) return startTime === unknownTime || stat.startTime === startTime;
  try {
    process.kill(pid, 0);
    // There is one that /proc does not show as living: it has ended, unless there is no /proc.
    return startTime === unknownTime;
  } catch (error) {
    return hasErrorCode(error, 'EPERM') ? undefined : false;
  }
}

/**
 * Whether the process that left a file has ended. Of one on another machine that cannot be known from here: it counts
 * as gone when the file has not been touched for a while.
 */
export function processIsGone(identity: string, silentMs: number, patienceMs: number): boolean {
  const parsed = parseIdentity(identity);
  return !((parsed && livesHere(parsed)) ?? silentMs <= patienceMs);
}

function thisMachine(): string {
  const parts = [hostname()];
  for (const read of [
    () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    () => readlinkSync('/proc/self/ns/pid'),
  ])
    try {
      parts.push(read());
    } catch {
      // Not Linux: the host's name has to do.
    }
  return digestOfJson(parts).slice(0, 12);
}
