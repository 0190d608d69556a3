import { livesHere } from '../core/process-identity.js';
import type { Locks } from '../run/lock.js';
import type { Present } from '../store/presence/present.js';

/** Longer than it takes to see that somebody on another machine is dead (store/presence/). */
const watchedMs = 90_000;

/**
 * Takes the lock that runs with `--no-overlap` of one pipeline have between them; it is held until the locks are closed.
 * The lock of a run that was killed is taken over: on this machine at once, elsewhere after a while.
 * @returns who has it, when it is not to be had
 */
export async function otherRun(
  pipeline: string,
  locks: Locks,
  signal: AbortSignal,
): Promise<Pick<Present, 'runId' | 'host' | 'pid'> | undefined> {
  const name = `pipeline-${encodeURIComponent(pipeline)}`;
  const attempt = await locks.attempt(name);
  if (attempt.taken) return undefined;
  const { owner } = attempt;
  if (!owner || livesHere(owner) === undefined) {
    const patience = AbortSignal.timeout(watchedMs);
    try {
      await locks.acquire(name, AbortSignal.any([signal, patience]), () => undefined);
      return undefined;
    } catch (error) {
      if (!patience.aborted) throw error;
    }
  }
  return owner ?? { runId: 'unknown', host: 'unknown', pid: 0 };
}
