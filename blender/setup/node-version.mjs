import { SetupProblem } from './setup-problem.mjs';

/** The oldest that all our packages accept; package.json's `engines` says the same. */
const oldest = { major: 20, minor: 19 };

/**
 * Refuses a Node that is too old before anything else fails in a way that says nothing.
 * @param {import('./machine.mjs').Machine} machine
 */
export function ensureNodeVersion(machine) {
  const [major = 0, minor = 0] = machine.nodeVersion.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new SetupProblem(
    `Node ${oldest.major}.${oldest.minor} or newer is needed; this is ${machine.nodeVersion}.`,
    ['Get it from https://nodejs.org, or with a version manager: nvm install 20'],
  );
}
