import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasErrorCode } from './error-code.js';

const host = hostname()
  .replace(/[^A-Za-z0-9-]/g, '_')
  .slice(0, 40);

/**
 * This process as a part of a file's name: host, pid and start time, so that a later process with the same pid is
 * not taken for it.
 */
export const processIdentity = `${host}~${process.pid}~${startTime(process.pid) ?? 'x'}`;

export const identityPattern = '[A-Za-z0-9_-]+~\\d+~\\w+';

/**
 * Whether a process is known to have ended. Of one on another host that cannot be known from here: it counts as
 * gone when it has given no sign of life for a while.
 */
export function processIsGone(identity: string, silentMs: number, patienceMs: number): boolean {
  const [itsHost, pid, started] = identity.split('~');
  if (itsHost !== host) return silentMs > patienceMs;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return true;
  }
  const now = startTime(Number(pid));
  return now !== undefined && started !== 'x' && now !== started;
}

/** In clock ticks since the machine started, where /proc says so. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start time is the 20th field after it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
