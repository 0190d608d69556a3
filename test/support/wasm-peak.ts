import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** The most bytes that lie in WebAssembly's memory at once while something is done. */
export async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const { wasm } = tf.backend() as BackendWasm;
  const { _malloc: allocate, _free: free } = wasm;
  const sizes = new Map<number, number>();
  let [live, peak] = [0, 0];
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    sizes.set(address, bytes);
    live += bytes;
    peak = Math.max(peak, live);
    return address;
  };
  wasm._free = (address) => {
    live -= sizes.get(address) ?? 0;
    sizes.delete(address);
    free(address);
  };
  await work();
  Object.assign(wasm, { _malloc: allocate, _free: free });
  return peak;
}
