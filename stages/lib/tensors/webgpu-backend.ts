import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../../pipeline/core/user-error.js';
import { resolvePackage } from './backend-choice.js';
import { registerWebGpuGradientKernels } from './webgpu-kernels.js';

/** What we use of an adapter of the package `webgpu` (Dawn for Node); the package is optional, and so are its types. */
interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<object>;
}
interface Gpu {
  requestAdapter(options: object): Promise<Adapter | null>;
}
interface DawnModule {
  readonly globals: object;
  create(options: readonly string[]): Gpu;
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
 * @param wanted whether an adapter that computes in software will do
 * @returns the adapter's name, for people
 * @throws UserError when a package is missing or there is no adapter
 */
export async function startWebGpu({ inSoftware }: { readonly inSoftware: boolean }): Promise<string> {
  found ??= register();
  const adapter = await found.catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  if (adapter.inSoftware && !inSoftware) throw noAdapter();
  if (!(await tf.setBackend('webgpu'))) throw noAdapter();
  await tf.ready();
  return adapter.name;
}

interface FoundAdapter {
  readonly name: string;
  readonly inSoftware: boolean;
}
let found: Promise<FoundAdapter> | undefined;

async function register(): Promise<FoundAdapter> {
  const dawnPath = resolvePackage('webgpu');
  const backendPath = resolvePackage('@tensorflow/tfjs-backend-webgpu');
  if (dawnPath === undefined || backendPath === undefined)
    throw new UserError('Backend "webgpu" needs the packages webgpu and @tensorflow/tfjs-backend-webgpu.', {
      hint: 'Install them with `npm install --include=optional`, or use `backend: wasm`.',
    });
  const { create, globals } = (await import(dawnPath)) as DawnModule;
  Object.assign(globalThis, globals); // the backend reads GPUBufferUsage and the like from there
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw noAdapter();
  const { WebGPUBackend } = (await import(backendPath)) as BackendModule;
  const device = await adapter.requestDevice({
    requiredFeatures: ['timestamp-query', 'bgra8unorm-storage'].filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limitNames.map((name) => [name, adapter.limits[name]])),
  });
  tf.registerBackend('webgpu', () => asNavigatorHas(gpu, () => new WebGPUBackend(device, adapter.info)));
  registerWebGpuGradientKernels();
  const { vendor, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, description].filter((part) => part !== '').join(' ') || 'adapter without a name';
  const inSoftware = isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(name);
  return { name: inSoftware ? `${name} (in software: slow)` : name, inSoftware };
}

/** The backend refuses to be made where `navigator.gpu` is missing. It stays no longer: a process that holds it never ends. */
function asNavigatorHas<T>(gpu: Gpu, make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

function noAdapter(): UserError {
  return new UserError('Backend "webgpu" was asked for, and there is no graphics adapter that it can use.', {
    hint: 'Install the driver of the graphics card with Vulkan (`vulkaninfo` shows it), or use `backend: wasm`.',
  });
}
