import { createRequire } from 'node:module';

/** What a pipeline file may ask for. Apart from the backends themselves, so that params load without them. */
export const backendChoices = ['auto', 'wasm', 'cpu', 'tensorflow', 'gpu', 'webgpu'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Which backend a choice leads to on this machine, without loading it: for cache keys. */
export function expectedBackend(choice: BackendChoice): string {
  if (choice !== 'auto') return choice;
  return nativePackagePath() === undefined ? 'wasm' : 'tensorflow';
}

/** Where TensorFlow's native library for Node is installed, if it is. */
export function nativePackagePath(): string | undefined {
  return resolvePackage('@tensorflow/tfjs-node-gpu');
}

export function resolvePackage(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
