import { resolve } from 'node:path';
import { installAptPackages } from './apt-packages.mjs';
import { ask, findProgram, isProgram } from './machine.mjs';
import { SetupProblem } from './setup-problem.mjs';

/** @typedef {import('./machine.mjs').Machine} Machine */

const otherWays = [
  'or get it from https://www.blender.org/download and say where it is: BLENDER=/path/to/blender',
  '(in a pipeline file: `with: { blender: /path/to/blender }`)',
];

/**
 * Sees to it that there is a Blender: the one that `$BLENDER` names, the one on the PATH, or else Debian's.
 * stages/lib/blender/find-blender.ts looks in the same places when a pipeline runs.
 * @param {Machine} machine
 */
export function ensureBlender(machine) {
  const named = machine.env['BLENDER'];
  if (named) return checkNamed(machine, named);
  const found = findProgram(machine, 'blender');
  if (found === undefined) {
    installAptPackages(machine, ['blender', 'python3-numpy'], 'Blender', otherWays);
    if (findProgram(machine, 'blender') === undefined) {
      throw new SetupProblem('apt-get has installed Blender, but there is none on the PATH.', otherWays);
    }
  } else if (found === machine.debianBlender && !hasDebianNumpy(machine)) {
    installAptPackages(machine, ['python3-numpy'], "numpy for Debian's Blender", otherWays);
  }
}

/**
 * @param {Machine} machine
 * @param {string} named
 */
function checkNamed(machine, named) {
  const isThere = named.includes('/') ? isProgram(resolve(named)) : findProgram(machine, named) !== undefined;
  if (isThere) return;
  throw new SetupProblem(`BLENDER is set to "${named}", but there is no program that may be run.`, [
    'Set it to the path of a Blender, or unset it: then the one on the PATH is used.',
  ]);
}

/**
 * Debian's Blender runs on the system's Python and does not bring numpy along.
 * @param {Machine} machine
 */
function hasDebianNumpy(machine) {
  if (findProgram(machine, 'dpkg-query') === undefined) return true;
  return (
    ask(machine, ['dpkg-query', '--show', '--showformat=${db:Status-Status}', 'python3-numpy']) ===
    'installed'
  );
}
