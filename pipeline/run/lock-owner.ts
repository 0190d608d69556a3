import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { hasErrorCode } from '../core/error-code.js';
import { processStat } from '../executors/process-stat.js';

/** Who holds a lock, as it stands in the lock's file. */
export interface LockOwner {
  readonly runId: string;
  readonly host: string;
  /** The machine since its last start, and the container: process ids of one mean nothing in another. */
  readonly machine: string;
  readonly pid: number;
  /** Tells the process from a later one of the same id; empty where the system does not say. */
  readonly processStartTime: string;
  /** Changes every few seconds while the owner lives. Whether it changes matters, not the time in it. */
  readonly heartbeat: string;
}

const lockOwner = z.object({
  runId: z.string(),
  host: z.string(),
  machine: z.string(),
  pid: z.number(),
  processStartTime: z.string(),
  heartbeat: z.string(),
});

/** A lock file's text as its owner; undefined when it is not whole. */
export function parseLockOwner(text: string): LockOwner | undefined {
  try {
    return lockOwner.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** This process as an owner. */
export function thisProcess(runId: string): LockOwner {
  return {
    runId,
    host: hostname(),
    machine: thisMachine(),
    pid: process.pid,
    processStartTime: processStat(process.pid)?.startTime ?? '',
    heartbeat: new Date().toISOString(),
  };
}

/**
 * Whether an owner of this machine lives: its process is there and is the same one.
 * @returns undefined for an owner on another machine or hidden from this user: only its heartbeat tells
 */
export function livesHere(owner: LockOwner, machine: string): boolean | undefined {
  if (owner.machine !== machine) return undefined;
  const stat = processStat(owner.pid);
  if (stat) return stat.startTime === owner.processStartTime;
  try {
    process.kill(owner.pid, 0);
    // There is one that /proc does not show as living: it has ended, unless there is no /proc.
    return owner.processStartTime === '';
  } catch (error) {
    return hasErrorCode(error, 'EPERM') ? undefined : false;
  }
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
  return parts.join(' ');
}
