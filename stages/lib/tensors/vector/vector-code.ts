import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import wabt from 'wabt';
import { productCode, type ProductCode } from './product-code.js';
import { winogradCode, type WinogradCode } from './winograd-code.js';

/** Loops of our own over the WebAssembly backend's memory. Addresses, strides and pitches are in bytes. */
export type VectorCode = ProductCode & WinogradCode;

/** What is used of WebAssembly's JavaScript interface; TypeScript has it with a browser's types only. */
declare const WebAssembly: {
  readonly Memory: new () => object;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const assembled = new WeakMap<BackendWasm, VectorCode>();

/**
 * Assembles the loops into the backend's own memory, so that they work on its tensors where they lie. To be called once
 * for a backend, before vectorCodeOf.
 */
export async function assembleVectorCode(backend: BackendWasm): Promise<void> {
  if (assembled.has(backend)) return;
  const { parseWat } = await wabt();
  const text = `(module (import "backend" "memory" (memory 1)) ${productCode} ${winogradCode})`;
  const parsed = parseWat('vector-code.wat', text, { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(buffer), {
    backend: { memory: memoryOf(backend) },
  });
  // The functions that the two texts export are those of their interfaces.
  assembled.set(backend, instance.exports as VectorCode);
}

export function vectorCodeOf(backend: BackendWasm): VectorCode {
  const code = assembled.get(backend);
  if (!code) throw new Error('no vector code was assembled for this backend');
  return code;
}

/** The memory object behind the heap views; Emscripten keeps it among the exports of its module. */
function memoryOf({ wasm }: BackendWasm): object {
  const { asm } = wasm as unknown as { readonly asm?: Readonly<Record<string, unknown>> };
  const memory = asm?.['memory'];
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('the WebAssembly backend of TensorFlow.js does not show its memory');
  return memory;
}
