import { ParamsError } from '../../../pipeline/stage/params-error.js';
import type { BlenderTool } from './blender-tool.js';

/** What `engine.device` may be asked to be; `gpu` is the first kind of the others that is there. */
export const wantedDevices = ['auto', 'cpu', 'gpu', 'optix', 'cuda', 'hip', 'oneapi', 'metal'] as const;
export type WantedDevice = (typeof wantedDevices)[number];

/** The kinds of devices that Cycles renders on. Another kind makes other pixels. */
export type DeviceKind = Exclude<WantedDevice, 'auto' | 'gpu'>;

/** The fastest first: OptiX and CUDA are two ways to the same card. */
const gpuKinds = ['optix', 'cuda', 'hip', 'metal', 'oneapi'] as const satisfies readonly DeviceKind[];

/**
 * The kind of device that frames are rendered on.
 * @throws ParamsError that lists what Cycles found, when the wanted device is not there
 */
export function cyclesDevice(
  wanted: WantedDevice,
  blender: Pick<BlenderTool, 'devices' | 'path'>,
): DeviceKind {
  if (wanted === 'cpu') return 'cpu';
  const present = gpuKinds.filter((kind) => blender.devices.some(({ type }) => type.toLowerCase() === kind));
  if (wanted === 'auto') return present[0] ?? 'cpu';
  const found = wanted === 'gpu' ? present[0] : present.find((kind) => kind === wanted);
  if (found !== undefined) return found;
  const list = blender.devices.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none';
  throw new ParamsError(
    ['engine', 'device'],
    `engine.device is ${wanted}, but Cycles finds no ${wanted === 'gpu' ? 'GPU' : 'such device'} on this machine. ` +
      `It finds: ${list}.`,
    {
      hint:
        `Use device: cpu or auto, or a machine whose GPU ${blender.path} lists under Preferences, System. ` +
        'Builds of distributions often leave GPU kernels out; those of https://www.blender.org have them.',
    },
  );
}
