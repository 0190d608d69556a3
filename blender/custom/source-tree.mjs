import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupProblem } from '../setup/setup-problem.mjs';
import { run } from '../setup/machine.mjs';
import { editSource, viewerEdits } from './viewer-edits.mjs';

/** @typedef {import('../setup/machine.mjs').Machine} Machine */
/** @typedef {import('./package-lists.mjs').PackageLists} PackageLists */

/** Blender's versions whose compositor has the place of the edits, as major × 100 + minor. */
const known = { oldest: 292, newest: 306 };

/**
 * The source of the distribution's own Blender package, unpacked once.
 * @param {Machine} machine
 * @param {PackageLists} lists
 * @param {string} folder of the whole build; the tree is `source` in it
 * @returns {string} the tree
 */
export function fetchSourceTree(machine, lists, folder) {
  const tree = join(folder, 'source');
  if (existsSync(tree)) return tree;
  const download = join(folder, 'download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  machine.say('fetching the source package of blender');
  const command = ['apt-get', ...lists.options, '-qq', 'source', '-y', 'blender'];
  if (!run({ ...machine, root: download }, command)) {
    throw new SetupProblem('The source package of blender could not be fetched or unpacked; see above.', [
      'It takes dpkg-dev (sudo apt-get install dpkg-dev) and a way to the mirror.',
      'Or unpack a source tree yourself: --source FOLDER',
    ]);
  }
  const unpacked = readdirSync(download, { withFileTypes: true }).find((entry) => entry.isDirectory());
  if (!unpacked) throw new SetupProblem(`apt-get source left no folder in ${download}.`, []);
  renameSync(join(download, unpacked.name), tree);
  return tree;
}

/**
 * @param {string} tree
 * @returns {string} as `3.4`
 * @throws {SetupProblem} when it is not Blender's source, or of a version without the place of the edits
 */
export function versionOfTree(tree) {
  const header = join(tree, 'source/blender/blenkernel/BKE_blender_version.h');
  if (!existsSync(header)) {
    throw new SetupProblem(`${tree} is not Blender's source: there is no ${header}.`, [
      'Name the folder that holds CMakeLists.txt, source/ and intern/.',
    ]);
  }
  const number = Number(/#define\s+BLENDER_VERSION\s+(\d+)/.exec(readFileSync(header, 'utf8'))?.[1] ?? NaN);
  const version = `${Math.floor(number / 100)}.${number % 100}`;
  if (!(number >= known.oldest && number <= known.newest)) {
    throw new SetupProblem(`${tree} is Blender ${version}; the edits are known for 2.92 to 3.6.`, [
      'A stock Blender renders the same frames: the custom build only saves a file a frame.',
    ]);
  }
  return version;
}

/**
 * Makes the edits in a source tree, both or none.
 * @param {Machine} machine
 * @param {string} tree
 * @param {'refuse' | 'accept'} alreadyEdited what to do with a tree that has them
 * @throws {SetupProblem} that names the file whose place was not found or is edited already
 */
export function makeEdits(machine, tree, alreadyEdited) {
  const changes = viewerEdits.map((edit) => {
    const path = join(tree, edit.file);
    if (!existsSync(path)) throw notFound(path, 'there is no such file');
    const result = editSource(readFileSync(path, 'utf8'), edit);
    if (result.state === 'not found')
      throw notFound(path, 'the function is_output_operation is not as expected');
    if (result.state === 'already edited' && alreadyEdited === 'refuse') {
      throw new SetupProblem(`${path} does not look at G.background: it is edited already.`, [
        'Build the tree as it is: --edited. Or start from a fresh one.',
      ]);
    }
    return { path, result };
  });
  for (const { path, result } of changes) {
    if (result.state !== 'edited') continue;
    writeFileSync(path, result.text);
    machine.say(`edited ${path}`);
  }
}

/**
 * @param {string} path
 * @param {string} reason
 */
function notFound(path, reason) {
  return new SetupProblem(`${path} cannot be edited: ${reason}.`, [
    'The edits are known for Blender 2.92 to 3.6; viewer-edits.mjs says what they look for.',
  ]);
}
