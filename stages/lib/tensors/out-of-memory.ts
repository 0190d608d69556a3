import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A tensor found no room. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}

/** Did this fail for want of memory, on any backend? */
export function isOutOfMemory(error: unknown): boolean {
  if (error instanceof OutOfMemoryError) return true;
  const message = error instanceof Error ? error.message : String(error);
  return /\bOOM\b|out of memory|allocation failed|invalid (typed )?array(buffer)? length/i.test(message);
}

/** Frees what a gradient that failed on its way kept for going backwards: TensorFlow.js does so only when it succeeds. */
export function forgetFailedGradient(): void {
  const { state } = tf.engine();
  // Null outside gradients, whatever its type says.
  const tape = state.activeTape as typeof state.activeTape | null;
  for (const { saved } of tape ?? []) tf.dispose(saved ?? []);
  state.activeTape = [];
}

/** Bytes from which on the memory counts as nearly full. */
const NEARLY_FULL = 3.5 * 2 ** 30;
/** What a kernel may need beside its tensors, packed weights above all: where that is refused, it aborts for good. */
const RESERVE = 128 * 2 ** 20;

/** The stock kernels reckon sizes in signed numbers of 32 bits, and reach beyond the memory with more. */
const LARGEST_TENSOR = 2 ** 31;

/**
 * Makes WebAssembly say when its memory (4 GiB at most) is used up. By itself the backend goes on with the address 0 that
 * a failed allocation gives, and every tensor after it is written over the others.
 */
export function guardWasmMemory({ wasm }: BackendWasm): void {
  wasm._free(wasm._malloc(1)); // the first call puts the real functions in their places
  const allocate = wasm._malloc.bind(wasm);
  const isFree = (bytes: number): boolean => {
    const address = allocate(bytes);
    if (address !== 0) wasm._free(address);
    return address !== 0;
  };
  wasm._malloc = (bytes) => {
    if (bytes >= LARGEST_TENSOR)
      throw new OutOfMemoryError(`WebAssembly's kernels take no tensor of 2 GiB or more: this one has ${bytes} bytes.`); // prettier-ignore
    const address = allocate(bytes);
    if (address !== 0 && (wasm.HEAPU8.length < NEARLY_FULL || isFree(RESERVE))) return address;
    if (bytes === 0) return address;
    if (address !== 0) wasm._free(address);
    throw new OutOfMemoryError(`WebAssembly's memory of 4 GiB has no room for ${bytes} bytes more.`);
  };
}
