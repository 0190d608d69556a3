import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../../../stages/lib/tensors/backend.js';
import { multiplyInto } from '../../../../../stages/lib/tensors/vector/matrix-product.js';
import { addressOf, heapOf } from '../../../../../stages/lib/tensors/wasm-heap.js';

/** Whole numbers, so that sums are exact in any order. */
const numbers = (count: number, factor: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * factor) % 15) - 7);

function expected(
  a: Float32Array,
  b: Float32Array,
  [rows, depth, columns]: readonly [number, number, number],
  [turnedA, turnedB]: readonly [boolean, boolean],
): number[] {
  const result: number[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum +=
          (a[turnedA ? k * rows + i : i * depth + k] ?? NaN) *
          (b[turnedB ? j * depth + k : k * columns + j] ?? NaN);
      result.push(sum);
    }
  return result;
}

describe('products of matrices in the backend’s memory', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[string, [number, number, number]]>([
    ['whole panels', [8, 4, 16]],
    ['less than a panel', [3, 5, 7]],
    ['single numbers', [1, 1, 1]],
    ['panels and what is left', [13, 9, 19]],
    ['more steps than are taken at once', [6, 519, 10]],
    ['more rows than are held at once', [515, 7, 9]],
  ])('of %s are right, however their sides lie', (_, sizes) => {
    const [rows, depth, columns] = sizes;
    const backend = tf.backend() as BackendWasm;
    for (const turned of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const [left, right] = [numbers(rows * depth, 7), numbers(depth * columns, 11)];
      const [a, b, c] = [tf.tensor1d(left), tf.tensor1d(right), tf.zeros([rows * columns])];
      const product = (adds: boolean): number[] => {
        multiplyInto(
          backend,
          { rows, depth, columns },
          { at: addressOf(backend, a), pitch: turned[0] ? rows : depth, turned: turned[0] },
          { at: addressOf(backend, b), pitch: turned[1] ? depth : columns, turned: turned[1] },
          { at: addressOf(backend, c), pitch: columns },
          adds,
        );
        return [...heapOf(backend, c)];
      };
      const wanted = expected(left, right, sizes, turned);
      expect(product(false)).toEqual(wanted);
      expect(product(true)).toEqual(wanted.map((value) => 2 * value));
      tf.dispose([a, b, c]);
    }
  });

  it('may be of runs that overlap, as those of a convolution do', () => {
    const backend = tf.backend() as BackendWasm;
    const a = tf.tensor1d([1, 2, 3, 4, 5]); // rows of 3 that begin at each number: [1 2 3], [2 3 4], [3 4 5]
    const b = tf.tensor1d([1, 10, 100]);
    const c = tf.zeros([3]);
    multiplyInto(
      backend,
      { rows: 3, depth: 3, columns: 1 },
      { at: addressOf(backend, a), pitch: 1 },
      { at: addressOf(backend, b), pitch: 1 },
      { at: addressOf(backend, c), pitch: 1 },
    );
    expect([...heapOf(backend, c)]).toEqual([321, 432, 543]);
  });
});
