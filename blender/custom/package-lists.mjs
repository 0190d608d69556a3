import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prefixForRights } from '../setup/apt-packages.mjs';
import { findProgram, run } from '../setup/machine.mjs';
import { SetupProblem } from '../setup/setup-problem.mjs';

/** @typedef {import('../setup/machine.mjs').Machine} Machine */

/**
 * Package lists of our own, with source packages in them. The machine's, which seldom have those, stay as they are.
 * @typedef {object} PackageLists
 * @property {readonly string[]} options for apt-get
 */

/** @type {Readonly<Record<string, { mirror: string, security: string, keyring: string, components: string }>>} */
const distributions = {
  debian: {
    mirror: 'http://deb.debian.org/debian',
    security: 'http://deb.debian.org/debian-security',
    keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    components: 'main',
  },
  ubuntu: {
    mirror: 'http://archive.ubuntu.com/ubuntu',
    security: 'http://security.ubuntu.com/ubuntu',
    keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
    components: 'main universe',
  },
};

/**
 * Asks the distribution's mirror for its lists.
 * @param {Machine} machine
 * @param {string} folder gets them
 * @returns {PackageLists}
 * @throws {SetupProblem} on other systems than Debian and Ubuntu, and when the mirror does not answer
 */
export function readPackageLists(machine, folder) {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const field = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(release)?.[1];
  const distribution = distributions[field('ID') ?? ''];
  const suite = field('VERSION_CODENAME');
  if (!distribution || !suite || findProgram(machine, 'apt-get') === undefined) {
    throw new SetupProblem('Only Debian and Ubuntu have the source package that this builds.', [
      'On other systems, install what Blender needs to be built, and name its source: --source FOLDER --no-packages',
    ]);
  }
  const { mirror, security, keyring, components } = distribution;
  const lines = [`${mirror} ${suite}`, `${mirror} ${suite}-updates`, `${security} ${suite}-security`].flatMap(
    (place) => ['deb', 'deb-src'].map((kind) => `${kind} [signed-by=${keyring}] ${place} ${components}`),
  );
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `${lines.join('\n')}\n`);
  const options = [
    ['Dir::Etc::SourceList', sources],
    ['Dir::Etc::SourceParts', '-'],
    ['Dir::State::Lists', join(folder, 'lists')],
    ['DPkg::Lock::Timeout', '600'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  machine.say('reading the package lists');
  if (!run(machine, ['apt-get', ...options, '-qq', 'update'])) {
    throw new SetupProblem(
      `The package lists of ${mirror} could not be read; what apt-get said stands above.`,
      ['With a source tree and the packages at hand: --source FOLDER --no-packages'],
    );
  }
  return { options };
}

/**
 * Installs what the package of Blender is built with, and Blender itself: the build uses its scripts.
 * @param {Machine} machine
 * @param {PackageLists} lists
 * @throws {SetupProblem} without the rights
 */
export function installBuildPackages(machine, lists) {
  const byHand = 'sudo apt-get build-dep blender && sudo apt-get install ninja-build blender python3-numpy';
  const prefix = prefixForRights(machine);
  if (prefix === undefined) {
    throw new SetupProblem('Only root may install what Blender is built with.', [
      byHand,
      'then: --no-packages',
    ]);
  }
  machine.say('installing what Blender is built with');
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...lists.options, '-qq', '-y'];
  const installed =
    run(machine, [...apt, '--no-install-recommends', 'build-dep', 'blender']) &&
    run(machine, [...apt, '--no-install-recommends', 'install', 'ninja-build', 'blender', 'python3-numpy']);
  if (!installed) throw new SetupProblem('apt-get failed; what it said stands above.', [byHand]);
}
