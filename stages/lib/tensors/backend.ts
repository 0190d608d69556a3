import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { UserError } from '../../../pipeline/core/user-error.js';
import { expectedBackend, nativePackagePath, resolvePackage, type BackendChoice } from './backend-choice.js';
import { guardWasmMemory } from './out-of-memory.js';
import { startWebGpu } from './webgpu-backend.js';

/** The tensor backend that computes, as people and keys name it. */
export interface ComputeBackend {
  /** TensorFlow.js's name of it. */
  readonly name: 'wasm' | 'cpu' | 'tensorflow' | 'webgpu';
  /** What it runs on, for people: `WebAssembly (XNNPACK), one thread`. */
  readonly device: string;
  /** Does it hand over a tensor's numbers at once (`dataSync`)? WebGPU does not. */
  readonly readsAtOnce: boolean;
}

/**
 * Makes a tensor backend the current one of this thread.
 *
 * `auto` takes the first that starts: TensorFlow's native library with a CUDA GPU, WebGPU on a real adapter, the native
 * library on the CPU, WebAssembly, plain JavaScript. Any other choice is that backend or an error, never silently another.
 * @throws UserError when the choice is not there on this machine
 */
export function useBackend(choice: BackendChoice): Promise<ComputeBackend> {
  // One after the other: TensorFlow.js gives a start that is under way up when another one comes.
  const started = latest.then(() => start(choice));
  latest = started.catch(() => undefined);
  return started;
}

let latest: Promise<unknown> = Promise.resolve();

async function start(choice: BackendChoice): Promise<ComputeBackend> {
  switch (choice) {
    case 'wasm':
      return useWasm();
    case 'cpu':
      await tf.setBackend('cpu');
      await tf.ready();
      return { name: 'cpu', device: 'plain JavaScript, one thread', readsAtOnce: true };
    case 'tensorflow':
    case 'gpu':
      return useNative(choice);
    case 'webgpu':
      return useWebGpu({ inSoftware: true });
    case 'auto':
      return useBest();
  }
}

async function useBest(): Promise<ComputeBackend> {
  const candidates: (() => Promise<ComputeBackend>)[] = [
    () => useWasm(),
    () => start('cpu'), // last, and always there
  ];
  const expected = expectedBackend('auto');
  if (nativePackagePath() !== undefined) candidates.unshift(() => useNative('tensorflow'));
  if (expected === 'webgpu') candidates.unshift(() => useWebGpu({ inSoftware: false }));
  let reason: unknown;
  for (const candidate of candidates)
    try {
      return await candidate();
    } catch (error) {
      reason = error;
    }
  throw reason;
}

async function useWebGpu(wanted: { readonly inSoftware: boolean }): Promise<ComputeBackend> {
  return { name: 'webgpu', device: `WebGPU, ${await startWebGpu(wanted)}`, readsAtOnce: false };
}

async function useWasm(): Promise<ComputeBackend> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const { registerWasmGradientKernels } = await import('./kernels.js');
  const { assembleVectorCode } = await import('./vector/vector-code.js');
  wasm.setWasmPaths(`${dirname(resolvePackage('@tensorflow/tfjs-backend-wasm') ?? '.')}/`);
  if (!(await tf.setBackend('wasm')))
    throw new UserError('The WebAssembly backend of TensorFlow.js did not start.', {
      hint: 'Reinstall the packages with `npm ci`.',
    });
  await tf.ready();
  await assembleVectorCode(tf.backend() as BackendWasm);
  registerWasmGradientKernels();
  if (!guarded) guardWasmMemory(tf.backend() as BackendWasm);
  guarded = true;
  return { name: 'wasm', device: 'WebAssembly (XNNPACK), one thread a worker', readsAtOnce: true };
}

let guarded = false;

async function useNative(choice: 'tensorflow' | 'gpu'): Promise<ComputeBackend> {
  const path = nativePackagePath();
  if (path === undefined)
    throw new UserError(
      `Backend "${choice}" needs the package @tensorflow/tfjs-node-gpu, which is not here.`,
      {
        hint: 'Install it with `npm install @tensorflow/tfjs-node-gpu`, or use `backend: wasm`.',
      },
    );
  try {
    restoreRemovedUtil();
    await import(path);
    if (!(await tf.setBackend('tensorflow'))) throw new Error('it did not register itself');
    await tf.ready();
  } catch (error) {
    throw new UserError(`TensorFlow's native library did not load: ${messageOf(error)}`, {
      hint: 'Use `backend: wasm`, or reinstall @tensorflow/tfjs-node-gpu.',
      cause: error,
    });
  }
  const gpu = hasGpu();
  if (choice === 'gpu' && !gpu)
    throw new UserError('Backend "gpu" was asked for, and TensorFlow sees no GPU on this machine.', {
      hint: 'Check `nvidia-smi` and CUDA_VISIBLE_DEVICES, or use `backend: auto`.',
    });
  return { name: 'tensorflow', device: gpu ? 'CUDA GPU' : 'native CPU', readsAtOnce: true };
}

/** tfjs-node answers this by name of the device that its eager context holds. */
function hasGpu(): boolean {
  const backend = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  return backend.isUsingGpuDevice === true;
}

/** Node 23 took `util.isNullOrUndefined` away, which tfjs-node 4.22 still calls. */
function restoreRemovedUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
