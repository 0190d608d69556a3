import type { HealthCheck } from '../../pipeline/stage/health-check.js';
import { findBlender } from '../lib/blender/find-blender.js';
import { probeBlender, type BlenderProbe } from '../lib/blender/blender-probe.js';

/** Which Blender would render, and what it can do. Fails where there is none: rendering needs one. */
export const blenderCheck: HealthCheck = {
  name: 'Blender',
  run: async (host) => {
    const path = await findBlender({ env: host.env });
    const probe = await probeBlender(path, host);
    const problem = problemOf(probe);
    return {
      state: problem === undefined ? 'ok' : 'warning',
      found: describe(path, probe),
      ...(problem === undefined ? {} : { remedy: problem }),
      detail: { path, ...probe },
    };
  },
};

/** What to do about a Blender that starts but cannot do all that the render stage may ask of it. */
function problemOf(probe: BlenderProbe): string | undefined {
  if (!probe.engines.includes('CYCLES'))
    return 'This build lacks Cycles: use one from https://www.blender.org/download';
  if (probe.numpy === null) return 'Scenes with smooth bodies need numpy: sudo apt-get install python3-numpy';
  return undefined;
}

function describe(path: string, probe: BlenderProbe): string {
  const devices = probe.cyclesDevices.map(({ name, type }) => `${name} (${type})`);
  const hash = /^unknown$/i.test(probe.buildHash ?? 'unknown')
    ? 'build not named'
    : `build ${probe.buildHash}`;
  return [
    `Blender ${probe.version.join('.')} (${hash}) at ${path}`,
    `engines: ${probe.engines.join(', ') || 'none'}`,
    `Cycles devices: ${devices.join(', ') || 'none'}`,
    `OpenImageDenoise: ${yesNo(probe.openImageDenoise)}; numpy: ${probe.numpy ?? 'no'}; ` +
      `viewer nodes in the background: ${yesNo(probe.viewerNodesInBackground)}`,
  ].join('\n');
}

function yesNo(value: boolean | null): string {
  return value === null ? 'not known' : value ? 'yes' : 'no';
}
