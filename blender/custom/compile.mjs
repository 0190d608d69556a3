import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync, chmodSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ask, findProgram, run } from '../setup/machine.mjs';
import { SetupProblem } from '../setup/setup-problem.mjs';

/** @typedef {import('../setup/machine.mjs').Machine} Machine */

/** Headless with Cycles; what frames do not need stays out, which halves the time. */
const configuration = {
  WITH_CYCLES: 'ON',
  WITH_CYCLES_EMBREE: 'OFF',
  WITH_CYCLES_OSL: 'OFF',
  WITH_OPENCOLORIO: 'ON',
  WITH_OPENSUBDIV: 'OFF',
  WITH_OPENVDB: 'OFF',
  WITH_USD: 'OFF',
  WITH_ALEMBIC: 'OFF',
  WITH_OPENCOLLADA: 'OFF',
  WITH_LIBMV: 'OFF',
  WITH_MOD_FLUID: 'OFF',
  WITH_MOD_OCEANSIM: 'OFF',
  WITH_FFTW3: 'OFF',
  WITH_SYSTEM_GLEW: 'ON',
  WITH_PYTHON_INSTALL: 'OFF',
  WITH_INSTALL_PORTABLE: 'ON',
  CMAKE_BUILD_TYPE: 'Release',
  // -O1 trips over functions that must be inlined.
  CMAKE_C_FLAGS_RELEASE: '-O2 -DNDEBUG',
  CMAKE_CXX_FLAGS_RELEASE: '-O2 -DNDEBUG',
};
const gpuDevices = ['CUDA', 'OPTIX', 'HIP', 'ONEAPI'];

/**
 * Builds and installs; a build that was cut short goes on where it was.
 * @param {Machine} machine
 * @param {{ tree: string, folder: string, jobs: number, gpu: boolean }} request
 * @returns {string} the folder with what was installed
 * @throws {SetupProblem} when a tool is missing or a step fails
 */
export function compile(machine, { tree, folder, jobs, gpu }) {
  for (const tool of ['cmake', 'ninja', 'python3'])
    if (findProgram(machine, tool) === undefined)
      throw new SetupProblem(`There is no ${tool} on the PATH.`, ['Leave --no-packages out, or install it.']);
  const pythonVersion = ask(machine, ['python3', '-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const build = join(folder, 'build');
  const options = {
    ...configuration,
    ...(gpu ? {} : Object.fromEntries(gpuDevices.map((name) => [`WITH_CYCLES_DEVICE_${name}`, 'OFF']))),
    PYTHON_VERSION: pythonVersion ?? '',
  };
  machine.say(`configuring in ${build}`);
  const configure = ['cmake', '-G', 'Ninja', '-S', tree, '-B', build].concat(
    ['-C', join(tree, 'build_files/cmake/config/blender_headless.cmake')],
    Object.entries(options).map(([name, value]) => `-D${name}=${value}`),
  );
  if (!run(machine, configure)) throw new SetupProblem('cmake failed; what it said stands above.', []);
  machine.say(`compiling with ${jobs} ${jobs === 1 ? 'job' : 'jobs'}; this takes half an hour on two cores`);
  if (!run(machine, ['ninja', '-C', build, '-j', String(jobs)]))
    throw new SetupProblem('The build failed; what the compiler said stands above.', [
      'The same command goes on where it stopped. Out of memory? Fewer jobs: --jobs 1',
    ]);
  if (!run(machine, ['ninja', '-C', build, 'install']))
    throw new SetupProblem('ninja install failed; what it said stands above.', []);
  return join(build, 'bin');
}

/**
 * Puts what was installed where it is to stay, behind a small script that shows it its Python scripts: those of the
 * distribution's package, unless the build brought its own.
 * @param {string} installed
 * @param {{ into: string, version: string }} place
 * @returns {string} the program to set $BLENDER to
 */
export function putInPlace(installed, { into, version }) {
  const aside = `${into}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  cpSync(installed, aside, { recursive: true });
  renameSync(join(aside, 'blender'), join(aside, 'blender.bin'));
  const ownScripts = existsSync(join(aside, version, 'scripts', 'startup'));
  const program = join(aside, 'blender');
  const lines = [
    '#!/bin/sh',
    `# Blender ${version} with Viewer nodes in the background, built by Darkroom's blender/custom/build.mjs.`,
    ...(ownScripts
      ? []
      : [
          "# Scripts and data are those of the distribution's package `blender`, which must be installed.",
          'export BLENDER_SYSTEM_SCRIPTS=/usr/share/blender/scripts',
          'export BLENDER_SYSTEM_DATAFILES=/usr/share/blender/datafiles',
        ]),
    'exec "$(dirname "$(readlink -f "$0")")/blender.bin" "$@"',
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  rmSync(into, { recursive: true, force: true });
  renameSync(aside, into);
  return join(into, 'blender');
}
