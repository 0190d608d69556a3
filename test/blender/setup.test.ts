import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBlender } from '../../blender/setup/blender-install.mjs';
import { createMachine } from '../../blender/setup/machine.mjs';
import { ensureNodeVersion } from '../../blender/setup/node-version.mjs';
import { ShimPrograms } from '../support/shim-programs.js';

const setupFolder = resolve(import.meta.dirname, '../../blender/setup');
const aptOptions = '-o DPkg::Lock::Timeout=300 -qq';

let root: string;
let shims: ShimPrograms;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-setup-'));
  shims = new ShimPrograms(root);
  await cp(setupFolder, join(root, 'blender/setup'), { recursive: true });
  await writeFile(join(root, 'package-lock.json'), '{}');
  await mkdir(join(root, 'node_modules-of-another'));
  await shims.addReal('env', '/usr/bin/env');
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface SetupRun {
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function setUp(env: Record<string, string> = {}, ...args: string[]): Promise<SetupRun> {
  return execa(process.execPath, [join(root, 'blender/setup/setup.mjs'), ...args], {
    env: { PATH: shims.folder, HOME: root, ...env },
    extendEnv: false,
    reject: false,
  });
}

/** npm packages that need nothing done. */
const linkPackages = (): Promise<void> =>
  symlink(join(root, 'node_modules-of-another'), join(root, 'node_modules'));

/** An apt-get that makes each program of this name appear when something is installed. */
const aptThatInstalls = (program: string): Promise<string> =>
  shims.add(
    'apt-get',
    `case "$*" in *install*) printf '#!/bin/sh\\n' > ${shims.folder}/${program}; /bin/chmod +x ${shims.folder}/${program};; esac`,
  );

/** An apt-get that makes the program appear that is named last. */
const aptThatInstallsTheLast = (): Promise<string> =>
  shims.add(
    'apt-get',
    `for it in "$@"; do :; done; case "$*" in *install*) printf '#!/bin/sh\\n' > ${shims.folder}/$it; /bin/chmod +x ${shims.folder}/$it;; esac`,
  );

describe('npm packages', () => {
  const npmThatInstalls = '/bin/rm -rf node_modules; /bin/mkdir node_modules';

  test('are installed on a fresh clone, and a second set-up does and says nothing', async () => {
    await shims.add('blender');
    await shims.add('npm', npmThatInstalls);
    expect(await setUp()).toMatchObject({
      exitCode: 0,
      stdout: 'setup: installing the npm packages (npm ci)',
    });
    expect(await setUp()).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await shims.calls()).toEqual(['npm ci --no-audit --no-fund --include=dev --loglevel=error']);
  });

  test('are installed again when the lock file has changed', async () => {
    await shims.add('blender');
    await shims.add('npm', npmThatInstalls);
    await setUp();
    await writeFile(join(root, 'package-lock.json'), '{ "changed": true }');
    await setUp();
    expect(await shims.calls()).toHaveLength(2);
  });

  test('whose installation failed are not taken as installed', async () => {
    await shims.add('blender');
    await shims.add('npm', `${npmThatInstalls}; exit 1`);
    const first = await setUp();
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain('npm ci failed');
    await setUp();
    expect(await shims.calls()).toHaveLength(2);
  });

  test('get a cache outside a home folder that is not there', async () => {
    await shims.add('blender');
    await shims.add('npm', `${npmThatInstalls}; echo "$npm_config_cache" > ${root}/cache`);
    expect((await setUp({ HOME: join(root, 'nowhere') })).exitCode).toBe(0);
    expect(await readFile(join(root, 'cache'), 'utf8')).toMatch(/darkroom-npm-/);
  });

  test('behind a symbolic link are left alone', async () => {
    await shims.add('blender');
    await linkPackages();
    expect(await setUp()).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('Blender', () => {
  beforeEach(linkPackages);

  test('is installed with numpy through apt as root', async () => {
    await shims.add('id', 'echo 0');
    await aptThatInstalls('blender');
    expect(await setUp()).toMatchObject({
      exitCode: 0,
      stdout: 'setup: installing blender and python3-numpy with apt',
    });
    expect(await shims.calls()).toEqual([
      'id -u',
      `apt-get ${aptOptions} update`,
      `apt-get ${aptOptions} install -y --no-install-recommends blender python3-numpy`,
    ]);
  });

  test('is installed through a sudo that asks for no password', async () => {
    await shims.add('id', 'echo 1000');
    await shims.add('sudo', 'shift; exec "$@"');
    await shims.add('true');
    await aptThatInstalls('blender');
    expect((await setUp()).exitCode).toBe(0);
    expect(await shims.calls()).toContain(
      `sudo -n env DEBIAN_FRONTEND=noninteractive apt-get ${aptOptions} install -y --no-install-recommends blender python3-numpy`,
    );
  });

  test('without the rights to install it is a message with the command to type', async () => {
    await shims.add('id', 'echo 1000');
    await shims.add('sudo', 'exit 1');
    await shims.add('apt-get');
    const { exitCode, stderr } = await setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('sudo apt-get install --no-install-recommends blender python3-numpy');
    expect((await shims.calls()).filter((call) => call.startsWith('apt-get'))).toEqual([]);
  });

  test('without apt is a message that says where to get it', async () => {
    const { exitCode, stderr } = await setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no apt-get');
    expect(stderr).toContain('https://www.blender.org/download');
  });

  test('that apt cannot install is a failure although apt-get update failed before', async () => {
    await shims.add('id', 'echo 0');
    await shims.add('apt-get', 'exit 100');
    const { exitCode, stdout, stderr } = await setUp();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('apt-get update failed');
    expect(stderr).toContain('apt-get failed');
  });

  test('named by $BLENDER is used, and nothing is installed', async () => {
    const blender = await shims.add('my-blender');
    expect(await setUp({ BLENDER: blender })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await setUp({ BLENDER: 'my-blender' })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('named wrongly by $BLENDER is an error although there is one on the PATH', async () => {
    await shims.add('blender');
    const { exitCode, stderr } = await setUp({ BLENDER: '/nowhere/blender' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('BLENDER is set to "/nowhere/blender"');
  });

  test('of Debian without numpy gets numpy; with it, nothing', async () => {
    const debianBlender = await shims.add('blender');
    await shims.add('id', 'echo 0');
    await shims.add('apt-get');
    await shims.add('dpkg-query', 'echo not-installed');
    const machine = { ...createMachine(), env: { PATH: shims.folder }, debianBlender, say: () => undefined };
    ensureBlender(machine);
    const install = `apt-get ${aptOptions} install -y --no-install-recommends python3-numpy`;
    expect(await shims.calls()).toContain(install);
    await shims.add('dpkg-query', 'echo installed');
    ensureBlender(machine);
    expect((await shims.calls()).filter((call) => call === install)).toHaveLength(1);
  });
});

describe('--test', () => {
  beforeEach(async () => {
    await linkPackages();
    await shims.add('blender');
    await shims.add('id', 'echo 0');
  });

  test('also installs a Python for the unit tests and ffmpeg for films', async () => {
    await aptThatInstallsTheLast();
    expect((await setUp({}, '--test')).exitCode).toBe(0);
    expect((await shims.calls()).filter((call) => call.includes(' install '))).toEqual([
      `apt-get ${aptOptions} install -y --no-install-recommends python3`,
      `apt-get ${aptOptions} install -y --no-install-recommends ffmpeg`,
    ]);
    expect(await setUp({}, '--test')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('does without ffmpeg where there is none to be had, and says so', async () => {
    await shims.add('python3');
    const { exitCode, stdout } = await setUp({}, '--test');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'ffmpeg is missing, and there is no apt-get to install it with. The tests of films',
    );
  });
});

test('an argument that the set-up does not know is an error', async () => {
  expect(await setUp({}, '--tset')).toMatchObject({ exitCode: 1 });
});

test('a Node that is too old is refused by its version', () => {
  const machine = createMachine();
  for (const nodeVersion of ['18.20.4', '20.5.0'])
    expect(() => ensureNodeVersion({ ...machine, nodeVersion })).toThrow(`this is ${nodeVersion}`);
  for (const nodeVersion of ['20.19.0', '22.0.0'])
    expect(() => ensureNodeVersion({ ...machine, nodeVersion })).not.toThrow();
});
