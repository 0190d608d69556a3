import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { digestOfFile } from '../../pipeline/core/digest.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { Host } from '../../pipeline/stage/context.js';
import { productRoot } from './product-root.js';

const factsSchema = z.object({
  version: z.string(),
  buildHash: z.string(),
  binary: z.string(),
  cycles: z.boolean(),
  gpu: z.boolean(),
  denoisers: z.array(z.string()),
  numpy: z.string().nullable(),
  python: z.string(),
});

/** A Blender and what it can do. */
export interface BlenderTool {
  readonly path: string;
  readonly version: string;
  /** The build's hash, or the program's digest where the distribution left the hash out. */
  readonly build: string;
  readonly cycles: boolean;
  readonly gpu: boolean;
  readonly denoisers: readonly string[];
  readonly numpy: string | null;
}

const hint =
  'Install Blender (Debian and Ubuntu: apt-get install --no-install-recommends blender python3-numpy), ' +
  'or name one: BLENDER=/path/to/blender, or `blender:` in the stage.';

/**
 * The Blender of this machine: the one asked for, else $BLENDER, else the PATH's. Asked once what it can do.
 * @throws UserError with what to install
 */
export async function findBlender(host: Host, wanted?: string): Promise<BlenderTool> {
  const path = await blenderPath(host, wanted);
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  const facts = await host.remember({ tool: 'blender', probe: 1, path: real, size, mtimeMs }, () =>
    probe(host, path),
  );
  if (facts.numpy === null)
    throw new UserError(`${path} has no numpy in its Python.`, {
      hint: 'Debian and Ubuntu: apt-get install python3-numpy.',
    });
  return { path, ...facts };
}

async function blenderPath(host: Host, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) return expectProgram(resolve(host.baseDirectory, wanted), 'the stage');
  const named = host.env['BLENDER'];
  if (named) return expectProgram(resolve(named), '$BLENDER');
  for (const folder of (host.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'blender');
    if (folder !== '' && (await isProgram(path))) return path;
  }
  throw new UserError('There is no Blender on this machine.', { hint });
}

async function expectProgram(path: string, who: string): Promise<string> {
  if (await isProgram(path)) return path;
  throw new UserError(`${who} names ${path} as Blender, but there is no program of this name.`, { hint });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function probe(
  host: Host,
  path: string,
): Promise<{
  version: string;
  build: string;
  cycles: boolean;
  gpu: boolean;
  denoisers: string[];
  numpy: string | null;
}> {
  const script = join(productRoot(), 'blender', 'probe.py');
  const result = await host.exec(path, [...blenderArguments, '--python', script], {
    env: blenderEnvironment(host.env),
    timeoutMs: 120_000,
    reject: false,
  });
  const printed = `${result.stdout}\n${result.stderr}`.split('\n');
  const line = printed.find((text) => text.startsWith('DARKROOM-PROBE '));
  if (line === undefined)
    throw new UserError(`${path} did not start as Blender does.`, {
      details: printed.filter((text) => text.trim() !== '').slice(-12),
      hint,
    });
  const facts = factsSchema.parse(JSON.parse(line.slice('DARKROOM-PROBE '.length)));
  const build = facts.buildHash === 'Unknown' ? await digestOfFile(facts.binary) : facts.buildHash;
  const { version, cycles, gpu, denoisers, numpy } = facts;
  return { version, build, cycles, gpu, denoisers, numpy };
}

/** How Blender is always started: nothing of the user's own set-up, no scripts out of .blend files. */
export const blenderArguments = [
  '-b',
  '-noaudio',
  '--factory-startup',
  '--disable-autoexec',
  '--python-exit-code',
  '3',
] as const;

const passedOn = /^(PATH|HOME|LD_LIBRARY_PATH|DISPLAY|XDG_RUNTIME_DIR|BLENDER_.*|CUDA_.*|NVIDIA_.*|HIP_.*|ROCR_.*)$/;

/** What of this process's environment Blender gets to see. */
export function blenderEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  temporaryDirectory?: string,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passedOn.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    LANG: 'C.UTF-8',
    ...(temporaryDirectory === undefined ? {} : { TMPDIR: temporaryDirectory }),
  };
}
