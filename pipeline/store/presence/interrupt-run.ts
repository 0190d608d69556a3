import { livesHere } from '../../core/process-identity.js';
import { UserError } from '../../core/user-error.js';
import type { Presence } from './presence.js';

/**
 * Ends a run as Ctrl-C does.
 * @returns false when it does not go on
 * @throws UserError when it is on another machine
 */
export async function interruptRun(runId: string, presence: Presence): Promise<boolean> {
  const run = (await presence.list()).find((present) => present.runId === runId);
  if (!run) return false;
  if (livesHere(run) !== true)
    throw new UserError(`Run ${runId} is process ${run.pid} of ${run.host}.`, { hint: 'End it there.' });
  process.kill(run.pid, 'SIGINT');
  return true;
}
