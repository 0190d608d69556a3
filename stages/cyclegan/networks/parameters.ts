import * as tf from '@tensorflow/tfjs';
import { FastRandom } from '../../lib/tensors/fast-random.js';

/** A tensor of a network inside its vector of numbers. */
export interface Segment {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
  /**
   * A shift before an instance normalisation, which takes it out again: it is kept, as PyTorch's networks have it, and
   * neither computed nor trained.
   */
  readonly inert: boolean;
}

/** All tensors of a network, one after the other. */
export interface ParameterLayout {
  readonly segments: readonly Segment[];
  readonly length: number;
}

/** The tensors of a network by name. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

/** Collects a network's tensors in order. */
export class LayoutBuilder {
  readonly #segments: Segment[] = [];
  #length = 0;

  /**
   * A convolution's `NAME.kernel` and `NAME.bias`.
   * @param shape of the kernel
   * @param normalised whether an instance normalisation follows
   */
  convolution(
    name: string,
    shape: readonly [number, number, number, number],
    filters: number,
    normalised: boolean,
  ): this {
    return this.#add(`${name}.kernel`, shape, false).#add(`${name}.bias`, [filters], normalised);
  }

  /** A dense layer's `NAME.kernel` [from, to] and `NAME.bias`. */
  dense(name: string, from: number, to: number): this {
    return this.#add(`${name}.kernel`, [from, to], false).#add(`${name}.bias`, [to], false);
  }

  build(): ParameterLayout {
    return { segments: this.#segments, length: this.#length };
  }

  #add(name: string, shape: readonly number[], inert: boolean): this {
    const length = shape.reduce((product, side) => product * side, 1);
    this.#segments.push({ name, shape, offset: this.#length, length, inert });
    this.#length += length;
    return this;
  }
}

/** Kernels of N(0, deviation) and biases of 0, a function of the seed (Zhu et al. 2017: deviation .02). */
export function initialParameters(layout: ParameterLayout, seed: number, deviation = 0.02): Float32Array {
  const values = new Float32Array(layout.length);
  const random = new FastRandom(seed);
  for (const { shape, offset, length } of layout.segments)
    if (shape.length > 1) for (let i = 0; i < length; i++) values[offset + i] = deviation * random.normal();
  return values;
}

/**
 * Tensors of a network's numbers; the caller disposes them.
 * @param values a vector that holds the network's from `offset` on
 */
export function weightTensors(
  layout: ParameterLayout,
  values: Float32Array,
  offset = 0,
): Map<string, tf.Tensor> {
  return new Map(
    layout.segments
      .filter(({ inert }) => !inert)
      .map((segment) => {
        const from = offset + segment.offset;
        return [segment.name, tf.tensor(values.slice(from, from + segment.length), [...segment.shape])];
      }),
  );
}

/** A tensor of the network. @throws Error for a name that it does not have */
export function weightOf<T extends tf.Tensor>(weights: Weights, name: string): T {
  const weight = weights.get(name);
  if (!weight) throw new Error(`the network has no ${name}`);
  return weight as T;
}
