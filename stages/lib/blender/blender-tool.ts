import { realpath, stat } from 'node:fs/promises';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { Host } from '../../../pipeline/stage/context.js';
import { probeBlender, type BlenderProbe } from './blender-probe.js';
import { findBlender } from './find-blender.js';

/** A Blender that can render frames, and what it is. */
export interface BlenderTool {
  readonly path: string;
  readonly version: string;
  /** The build's hash, or the program's digest where the distribution left the hash out. */
  readonly build: string;
  readonly engines: readonly string[];
  /** What Cycles finds, the CPU among them. */
  readonly devices: BlenderProbe['cyclesDevices'];
  readonly openImageDenoise: boolean;
  /** Whether Viewer nodes work in the background: a custom build's do. */
  readonly viewerNodes: boolean;
}

/**
 * The Blender that a stage is to use, asked once (for each path, size and time of the program) what it is.
 * @param explicit what the pipeline file names
 * @throws UserError with what to install when there is none, or when it lacks Cycles or numpy
 */
export async function blenderTool(host: Host, explicit?: string): Promise<BlenderTool> {
  const path = await findBlender({ explicit, env: host.env });
  const program = await realpath(path);
  const { size, mtimeMs } = await stat(program);
  // Variables hide devices from Cycles; and a distribution's Blender finds its Python modules by the PATH.
  const visible = ['CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'PATH'].map(
    (name) => host.env[name] ?? null,
  );
  const facts = await host.remember({ tool: 'blender', path: program, size, mtimeMs, visible }, async () => {
    const probe = await probeBlender(path, host);
    const named = probe.buildHash !== null && !/^unknown$/i.test(probe.buildHash);
    return {
      version: probe.version.join('.'),
      build: (named ? probe.buildHash : probe.binaryDigest) ?? '',
      engines: probe.engines,
      devices: probe.cyclesDevices,
      openImageDenoise: probe.openImageDenoise === true,
      viewerNodes: probe.viewerNodesInBackground === true,
      hasNumpy: probe.numpy !== null,
    };
  });
  if (!facts.engines.includes('CYCLES'))
    throw new UserError(`${path} was built without Cycles, which renders the frames and their masks.`, {
      hint: 'Use a Blender with Cycles: that of the distribution, or one from https://www.blender.org/download.',
    });
  if (!facts.hasNumpy)
    throw new UserError(`The Python of ${path} has no numpy.`, {
      hint:
        'Debian and Ubuntu: sudo apt-get install python3-numpy. Is it there? Then a python3 that stands first on the ' +
        'PATH (an activated virtual environment) hides it. Blenders from blender.org bring their own.',
    });
  const { version, build, engines, devices, openImageDenoise, viewerNodes } = facts;
  return { path, version, build, engines, devices, openImageDenoise, viewerNodes };
}
