import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import {
  forgetFailedGradient,
  guardWasmMemory,
  isOutOfMemory,
  OutOfMemoryError,
} from '../../../../stages/lib/tensors/out-of-memory.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

const gib = 2 ** 30;

/** A memory that has so many bytes left. */
function memoryOf(free: number, heapBytes: number) {
  const sizes = new Map<number, number>();
  let left = free;
  const wasm = {
    HEAPU8: { length: heapBytes },
    _malloc: (bytes: number): number => {
      if (bytes > left) return 0;
      left -= bytes;
      const address = 8 + sizes.size;
      sizes.set(address, bytes);
      return address;
    },
    _free: (address: number): void => {
      left += sizes.get(address) ?? 0;
      sizes.set(address, 0);
    },
  };
  guardWasmMemory({ wasm } as object as BackendWasm);
  return { wasm, left: () => left };
}

describe('memory of WebAssembly', () => {
  it('that is used up is an error, and nothing is taken', () => {
    const { wasm, left } = memoryOf(1000, gib);
    expect(wasm._malloc(600)).toBeGreaterThan(0);
    expect(() => wasm._malloc(600)).toThrow(OutOfMemoryError);
    expect(left()).toBe(400);
  });

  it('holds no tensor of 2 GiB, whatever is left: the kernels reckon in signed numbers', () => {
    const { wasm, left } = memoryOf(4 * gib, gib);
    wasm._free(wasm._malloc(2 * gib - 4));
    const free = left();
    expect(() => wasm._malloc(2 * gib)).toThrow(OutOfMemoryError);
    expect(left()).toBe(free);
    expect(free).toBe(4 * gib);
  });

  it('keeps a reserve for the kernels once it is nearly full', () => {
    const { wasm, left } = memoryOf(0.25 * gib, 3.75 * gib);
    expect(wasm._malloc(gib / 16)).toBeGreaterThan(0);
    expect(() => wasm._malloc(gib / 8)).toThrow('no room for');
    expect(left()).toBe((gib * 3) / 16);
  });

  it('is told by every backend in its own words', () => {
    expect(isOutOfMemory(new Error('OOM when allocating tensor with shape[8,416,416,32]'))).toBe(true);
    expect(isOutOfMemory(new RangeError('Array buffer allocation failed'))).toBe(true);
    expect(isOutOfMemory(new Error('the room is zoomed'))).toBe(false);
  });

  it('is free again after a gradient that failed on its way', async () => {
    await useBackend('wasm');
    const x = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    const failing = tf.grad((at) => {
      const y = tf.mul(tf.sigmoid(at), tf.tanh(at));
      if (y.size === 3) throw new OutOfMemoryError('no room');
      return y.sum();
    });
    expect(() => failing(x)).toThrow(OutOfMemoryError);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    forgetFailedGradient();
    expect(tf.memory().numTensors).toBe(before);
  });
});
