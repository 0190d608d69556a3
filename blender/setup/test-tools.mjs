import { installAptPackages } from './apt-packages.mjs';
import { findProgram } from './machine.mjs';
import { SetupProblem } from './setup-problem.mjs';

/**
 * What `npm test` needs beside the program's own needs: a Python for the unit tests of the code inside Blender, and
 * ffmpeg for films. Where ffmpeg cannot be had, the tests of films are skipped.
 * @param {import('./machine.mjs').Machine} machine
 */
export function ensureTestTools(machine) {
  if (findProgram(machine, 'python3') === undefined)
    installAptPackages(machine, ['python3'], 'Python 3', ['or get it from https://www.python.org']);
  if (findProgram(machine, 'ffmpeg') !== undefined) return;
  try {
    installAptPackages(machine, ['ffmpeg'], 'ffmpeg', []);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    machine.say(`${error.message} The tests of films are skipped.`);
  }
}
