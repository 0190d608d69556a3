#!/usr/bin/env node
/**
 * Makes a fresh clone ready to run: `npm run setup`. Does only what is missing, says each thing it does, and is
 * silent when nothing is. Runs before any npm package is there, so it is plain JavaScript (types are checked all
 * the same). `--test` also gets what `npm test` needs.
 */
import { ensureBlender } from './blender-install.mjs';
import { createMachine } from './machine.mjs';
import { ensureNodeVersion } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureTestTools } from './test-tools.mjs';
import { SetupProblem } from './setup-problem.mjs';

const usage = 'usage: node blender/setup/setup.mjs [--test]';

/** @param {readonly string[]} args */
function setUp(args) {
  const unknown = args.find((arg) => arg !== '--test');
  if (unknown !== undefined) throw new SetupProblem(`Unknown argument "${unknown}".`, [usage]);
  const machine = createMachine();
  ensureNodeVersion(machine);
  ensureNpmPackages(machine);
  ensureBlender(machine);
  if (args.includes('--test')) ensureTestTools(machine);
}

try {
  setUp(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  console.error([`setup: ${error.message}`, ...error.remedies.map((line) => `  ${line}`)].join('\n'));
  process.exitCode = 1;
}
