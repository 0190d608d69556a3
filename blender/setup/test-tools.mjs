import { installAptPackages } from './apt-packages.mjs';
import { findProgram } from './machine.mjs';

/**
 * What `npm test` needs beside the program's own needs: a Python for the unit tests of the code inside Blender.
 * @param {import('./machine.mjs').Machine} machine
 */
export function ensureTestTools(machine) {
  if (findProgram(machine, 'python3') !== undefined) return;
  installAptPackages(machine, ['python3'], 'Python 3', ['or get it from https://www.python.org']);
}
