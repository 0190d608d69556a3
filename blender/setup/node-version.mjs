import { SetupProblem } from './setup-problem.mjs';

const oldestMajor = 20;

/**
 * Refuses a Node that is too old before anything else fails in a way that says nothing.
 * @param {import('./machine.mjs').Machine} machine
 */
export function ensureNodeVersion(machine) {
  if (Number(machine.nodeVersion.split('.')[0]) >= oldestMajor) return;
  throw new SetupProblem(`Node ${oldestMajor} or newer is needed; this is ${machine.nodeVersion}.`, [
    'Get it from https://nodejs.org, or with a version manager: nvm install 20',
  ]);
}
