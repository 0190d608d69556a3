import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What the set-up sees of the computer and does to it; tests hand in another one.
 * @typedef {object} Machine
 * @property {string} root the repository's folder
 * @property {string} nodeVersion as `20.11.1`
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {string} debianBlender where Debian's and Ubuntu's package puts Blender
 * @property {(line: string) => void} say one line for each thing that is done
 */

/** @returns {Machine} */
export function createMachine() {
  return {
    root: resolve(fileURLToPath(import.meta.url), '../../..'),
    nodeVersion: process.versions.node,
    env: process.env,
    debianBlender: '/usr/bin/blender',
    say: (line) => console.log(`setup: ${line}`),
  };
}

/**
 * The absolute path of a program on the PATH.
 * @param {Machine} machine
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(machine, name) {
  const folders = (machine.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * Whether there is a file that may be run.
 * @param {string} path
 */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end, its output shown to the person.
 * @param {Machine} machine
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} [env] beside the machine's own
 * @returns {boolean} whether it succeeded
 */
export function run(machine, [program = '', ...args], env = {}) {
  const result = spawnSync(program, args, {
    cwd: machine.root,
    env: { ...machine.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return result.status === 0;
}

/**
 * Asks a program something.
 * @param {Machine} machine
 * @param {readonly string[]} command
 * @returns {string | undefined} what it printed; undefined when it is missing or failed
 */
export function ask(machine, [program = '', ...args]) {
  const result = spawnSync(program, args, { env: { ...machine.env }, encoding: 'utf8', timeout: 20_000 });
  return result.status === 0 ? result.stdout.trim() : undefined;
}
