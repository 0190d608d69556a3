import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, run } from './machine.mjs';
import { SetupProblem } from './setup-problem.mjs';

/** @typedef {import('./machine.mjs').Machine} Machine */

/**
 * Installs the npm packages of package-lock.json unless just these are there. Which ones are there is remembered
 * inside node_modules, which npm empties first: an installation that was cut short is not taken for a whole one.
 * A node_modules that is a symbolic link belongs to somebody else and is left alone.
 * @param {Machine} machine
 */
export function ensureNpmPackages(machine) {
  const folder = join(machine.root, 'node_modules');
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return;
  const marker = join(folder, '.darkroom-setup.json');
  const lock = readFileSync(join(machine.root, 'package-lock.json'));
  const remembered = JSON.stringify({ lockDigest: createHash('sha256').update(lock).digest('hex') });
  if (existsSync(marker) && readFileSync(marker, 'utf8') === remembered) return;
  machine.say('installing the npm packages (npm ci)');
  install(machine);
  writeFileSync(marker, remembered);
}

/** @param {Machine} machine */
function install(machine) {
  if (findProgram(machine, 'npm') === undefined) {
    throw new SetupProblem('There is no npm on the PATH.', [
      'It comes with Node from https://nodejs.org; on Debian and Ubuntu it is a package: sudo apt-get install npm',
    ]);
  }
  const cache = isHomeWritable(machine) ? undefined : mkdtempSync(join(tmpdir(), 'darkroom-npm-'));
  try {
    // The compiler is a development dependency, so NODE_ENV=production must not leave it out; and what
    // `npm run --silent` hands down must not silence npm's reasons when it fails.
    const command = ['npm', 'ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
    // ONNX Runtime brings its CPU library along; its install script would fetch hundreds of megabytes for CUDA, too.
    const environment = { ONNXRUNTIME_NODE_INSTALL: machine.env['ONNXRUNTIME_NODE_INSTALL'] ?? 'skip' };
    if (
      !run(machine, command, cache === undefined ? environment : { ...environment, npm_config_cache: cache })
    ) {
      throw new SetupProblem('npm ci failed; what it said stands above.', [
        'Is the npm registry reachable from here (behind a proxy: npm config set proxy …)?',
      ]);
    }
  } finally {
    if (cache !== undefined) rmSync(cache, { recursive: true, force: true });
  }
}

/**
 * npm keeps its cache under the home folder and gives up where it cannot.
 * @param {Machine} machine
 */
function isHomeWritable(machine) {
  if (machine.env['npm_config_cache']) return true;
  try {
    accessSync(machine.env['HOME'] ?? homedir(), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
