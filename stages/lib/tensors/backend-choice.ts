import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a pipeline file may ask for. Apart from the backends themselves, so that params load without them. */
export const backendChoices = ['auto', 'wasm', 'cpu', 'tensorflow', 'gpu', 'webgpu'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/**
 * Which backend a choice leads to on this machine, without loading it: for cache keys. `auto` takes the first of what is
 * there: TensorFlow with an NVIDIA card, WebGPU with a graphics card, TensorFlow's native CPU code, WebAssembly.
 */
export function expectedBackend(choice: BackendChoice): string {
  if (choice !== 'auto') return choice;
  const native = nativePackagePath() !== undefined;
  if (native && hasNvidiaCard()) return 'tensorflow';
  if (hasWebGpuPackages() && hasGraphicsCard()) return 'webgpu';
  return native ? 'tensorflow' : 'wasm';
}

/** Does the kernel show an NVIDIA card? On other systems than Linux TensorFlow for Node knows no CUDA of use. */
function hasNvidiaCard(): boolean {
  return existsSync('/dev/nvidiactl');
}

/** Is there a card that could compute? Systems with a screen of their own have one; on Linux it is a device. */
function hasGraphicsCard(): boolean {
  if (process.platform !== 'linux') return true;
  return ['/dev/nvidiactl', '/dev/dri/renderD128', '/dev/kfd'].some((device) => existsSync(device));
}

function hasWebGpuPackages(): boolean {
  return ['webgpu', '@tensorflow/tfjs-backend-webgpu'].every((name) => resolvePackage(name) !== undefined);
}

/** Where TensorFlow's native library for Node is installed, if it is; a package whose install script did not run has none. */
export function nativePackagePath(): string | undefined {
  const path = resolvePackage('@tensorflow/tfjs-node-gpu');
  if (path === undefined) return undefined;
  const library = join(dirname(path), '..', 'lib', 'napi-v8', 'tfjs_binding.node');
  return existsSync(library) ? path : undefined;
}

export function resolvePackage(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
