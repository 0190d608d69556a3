#!/usr/bin/env node
/**
 * Builds a headless Blender with Cycles whose Viewer nodes work in the background, from the distribution's source
 * package or a source tree (2.92 to 3.6), and checks it. A build that was cut short goes on where it was.
 */
import { availableParallelism } from 'node:os';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createMachine } from '../setup/machine.mjs';
import { SetupProblem } from '../setup/setup-problem.mjs';
import { compile, putInPlace } from './compile.mjs';
import { installBuildPackages, readPackageLists } from './package-lists.mjs';
import { selfCheck } from './self-check.mjs';
import { fetchSourceTree, makeEdits, versionOfTree } from './source-tree.mjs';

const usage = `usage: node blender/custom/build.mjs --work FOLDER [options]
  --work FOLDER    where it is built (1.5 GB); may be deleted afterwards
  --into FOLDER    where the result goes (default: blender-custom in the work folder)
  --source FOLDER  an unpacked source tree of Blender 2.92 to 3.6; it is edited. Default: the source package of
                   this Debian or Ubuntu
  --edited         the tree has the two edits already
  --no-packages    install nothing: what Blender is built with is there
  --jobs N         compile so many files at once (default: one a core)
  --gpu            leave the GPU devices of Cycles in (takes the vendor's toolkit)`;

function build() {
  const { values } = readArguments();
  const machine = { ...createMachine(), say: (/** @type {string} */ line) => console.log(`custom: ${line}`) };
  const folder = resolve(values.work ?? '');
  const jobs = values.jobs === undefined ? availableParallelism() : Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new SetupProblem(`--jobs takes a whole number, not "${values.jobs}".`, []);
  const started = performance.now();
  mkdirSync(folder, { recursive: true });

  const givenTree = values.source === undefined ? undefined : resolve(values.source);
  if (givenTree !== undefined && !existsSync(givenTree))
    throw new SetupProblem(`There is no folder ${givenTree}.`, [usage]);
  // Before anything is installed: whether this tree can be edited at all.
  if (givenTree !== undefined) versionOfTree(givenTree);
  const needsLists = givenTree === undefined || values['no-packages'] !== true;
  const lists = needsLists ? readPackageLists(machine, folder) : undefined;
  if (lists && values['no-packages'] !== true) installBuildPackages(machine, lists);
  const tree = givenTree ?? (lists ? fetchSourceTree(machine, lists, folder) : folder);
  const version = versionOfTree(tree);
  // Our own tree may have been edited before the build was cut short.
  makeEdits(machine, tree, givenTree === undefined || values.edited === true ? 'accept' : 'refuse');
  const installed = compile(machine, { tree, folder, jobs, gpu: values.gpu === true });
  const program = putInPlace(installed, {
    into: resolve(values.into ?? resolve(folder, 'blender-custom')),
    version,
  });
  selfCheck(machine, program);
  const minutes = (performance.now() - started) / 60_000;
  machine.say(`done in ${minutes.toFixed(1)} min; use it with BLENDER=${program}`);
}

function readArguments() {
  try {
    const parsed = parseArgs({
      options: {
        work: { type: 'string' },
        into: { type: 'string' },
        source: { type: 'string' },
        edited: { type: 'boolean' },
        'no-packages': { type: 'boolean' },
        jobs: { type: 'string' },
        gpu: { type: 'boolean' },
      },
    });
    if (parsed.values.work === undefined) throw new SetupProblem('It takes a folder to work in.', [usage]);
    return parsed;
  } catch (error) {
    if (error instanceof SetupProblem) throw error;
    throw new SetupProblem(error instanceof Error ? error.message : String(error), [usage]);
  }
}

try {
  build();
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  console.error([`custom: ${error.message}`, ...error.remedies.map((line) => `  ${line}`)].join('\n'));
  process.exitCode = 1;
}
