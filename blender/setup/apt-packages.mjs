import { ask, findProgram, run } from './machine.mjs';
import { SetupProblem } from './setup-problem.mjs';

/** @typedef {import('./machine.mjs').Machine} Machine */

/**
 * Installs packages of Debian or Ubuntu, as root or with a sudo that asks no password.
 * @param {Machine} machine
 * @param {readonly string[]} packages
 * @param {string} missing what is not there, for the message: `Blender`
 * @param {readonly string[]} otherWays what else a person can do
 * @throws {SetupProblem} without apt, without the rights, or when apt fails
 */
export function installAptPackages(machine, packages, missing, otherWays) {
  const byHand = `sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (findProgram(machine, 'apt-get') === undefined) {
    throw new SetupProblem(`${missing} is missing, and there is no apt-get to install it with.`, otherWays);
  }
  const prefix = prefixForRights(machine);
  if (prefix === undefined) {
    throw new SetupProblem(`${missing} is missing, and only root may install it.`, [byHand, ...otherWays]);
  }
  machine.say(`installing ${packages.join(' and ')} with apt`);
  // On a machine just started, the system's own updates may hold apt's lock for a while.
  const apt = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=300',
  ];
  if (!run(machine, [...apt, '-qq', 'update'])) {
    machine.say('apt-get update failed; trying with the package lists that are there');
  }
  if (!run(machine, [...apt, '-qq', 'install', '-y', '--no-install-recommends', ...packages])) {
    throw new SetupProblem(`${missing} is missing, and apt-get failed; what it said stands above.`, [
      byHand,
      ...otherWays,
    ]);
  }
}

/**
 * What to put before a command that needs root: nothing, sudo, or undefined when there is no way.
 * @param {Machine} machine
 * @returns {readonly string[] | undefined}
 */
export function prefixForRights(machine) {
  if (ask(machine, ['id', '-u']) === '0') return [];
  return ask(machine, ['sudo', '-n', 'true']) === undefined ? undefined : ['sudo', '-n'];
}
