import { unreachable } from '../core/unreachable.js';
import type { RunOutcome } from '../events/event.js';

/** What the process's exit code says. */
export const exitCodes = {
  success: 0,
  /** A stage failed, or a check found something that is missing. */
  failure: 1,
  /** The command line or the pipeline file is wrong; nothing was run. */
  usage: 2,
  /** Another run of the pipeline is going on (`run --no-overlap`); nothing was run. */
  busy: 3,
  /** Ended by Ctrl-C or TERM. */
  interrupted: 130,
} as const;

/** What a run's exit code says of how it ended. */
export function exitCodeOf(outcome: RunOutcome): number {
  switch (outcome) {
    case 'succeeded':
      return exitCodes.success;
    case 'failed':
      return exitCodes.failure;
    case 'interrupted':
      return exitCodes.interrupted;
    default:
      return unreachable(outcome);
  }
}
