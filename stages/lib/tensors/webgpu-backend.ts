import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../../pipeline/core/user-error.js';
import { resolvePackage } from './backend-choice.js';

/** What we use of an adapter of the package `webgpu` (Dawn for Node); the package is optional, and so are its types. */
interface Adapter {
  readonly info: { readonly vendor: string; readonly description: string; readonly isFallbackAdapter?: boolean };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<object>;
}
interface DawnModule {
  readonly globals: object;
  create(options: readonly string[]): { requestAdapter(options: object): Promise<Adapter | null> };
}
interface BackendModule {
  readonly WebGPUBackend: new (device: object, info: object) => tf.KernelBackend;
}

/** Limits that networks need as high as the adapter has them; what is not asked for stays at WebGPU's small defaults. */
const limitNames = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/**
 * Makes WebGPU the current backend of this thread: one path for NVIDIA, AMD, Intel and Apple, through Dawn. (The backend's
 * package registers itself only in browsers, and crashes where there is no adapter: we do it.)
 * @returns the adapter's name, for people
 * @throws UserError when a package is missing or there is no adapter
 */
export async function startWebGpu(): Promise<string> {
  adapterName ??= register();
  const name = await adapterName.catch((error: unknown) => {
    adapterName = undefined;
    throw error;
  });
  if (!(await tf.setBackend('webgpu'))) throw noAdapter();
  await tf.ready();
  return name;
}

let adapterName: Promise<string> | undefined;

async function register(): Promise<string> {
  const dawnPath = resolvePackage('webgpu');
  const backendPath = resolvePackage('@tensorflow/tfjs-backend-webgpu');
  if (dawnPath === undefined || backendPath === undefined)
    throw new UserError('Backend "webgpu" needs the packages webgpu and @tensorflow/tfjs-backend-webgpu.', {
      hint: 'Install them with `npm install --include=optional`, or use `backend: wasm`.',
    });
  const { create, globals } = (await import(dawnPath)) as DawnModule;
  Object.assign(globalThis, globals); // the backend reads GPUBufferUsage and the like from there
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw noAdapter();
  const { WebGPUBackend } = (await import(backendPath)) as BackendModule;
  const device = await adapter.requestDevice({
    requiredFeatures: ['timestamp-query', 'bgra8unorm-storage'].filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limitNames.map((name) => [name, adapter.limits[name]])),
  });
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  const { vendor, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, description].filter((part) => part !== '').join(' ') || 'adapter without a name';
  return isFallbackAdapter === true ? `${name} (in software: slow)` : name;
}

function noAdapter(): UserError {
  return new UserError('Backend "webgpu" was asked for, and there is no graphics adapter that it can use.', {
    hint: 'Install the driver of the graphics card with Vulkan (`vulkaninfo` shows it), or use `backend: wasm`.',
  });
}
