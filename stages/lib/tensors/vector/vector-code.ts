import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { assemble } from './assemble.js';
import { productCode, type ProductCode } from './product-code.js';
import { winogradCode, type WinogradCode } from './winograd-code.js';

/** Loops of our own over the WebAssembly backend's memory. Addresses, strides and pitches are in bytes. */
type VectorCode = ProductCode & WinogradCode;

const assembled = new WeakMap<BackendWasm, VectorCode>();

/**
 * Assembles the loops into the backend's own memory, so that they work on its tensors where they lie. To be called once
 * for a backend, before vectorCodeOf.
 */
export async function assembleVectorCode(backend: BackendWasm): Promise<void> {
  if (assembled.has(backend)) return;
  const text = `(import "backend" "memory" (memory 1)) ${productCode} ${winogradCode}`;
  const code = await assemble('tensors.wat', text, { backend: { memory: memoryOf(backend) } });
  assembled.set(backend, code as VectorCode);
}

export function vectorCodeOf(backend: BackendWasm): VectorCode {
  const code = assembled.get(backend);
  if (!code) throw new Error('no vector code was assembled for this backend');
  return code;
}

/** The memory object behind the heap's views; Emscripten keeps it among the exports of its module. */
function memoryOf({ wasm }: BackendWasm): unknown {
  const exported: unknown = Reflect.get(wasm, 'asm');
  const memory: unknown =
    typeof exported === 'object' && exported !== null ? Reflect.get(exported, 'memory') : undefined;
  if (memory === undefined)
    throw new Error('the WebAssembly backend of TensorFlow.js does not show its memory');
  return memory;
}
