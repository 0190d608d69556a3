import { RandomStream } from '../../../pipeline/core/seed.js';

/**
 * Which image stands at each place of an endless row of epochs, each in its own random order: batches are cut from the
 * row one after the other, so that no image is left over at an epoch's end.
 */
export class EpochOrder {
  readonly #count: number;
  readonly #seed: number;
  #epoch = -1;
  #order: readonly number[] = [];

  constructor(count: number, seed: number) {
    this.#count = count;
    this.#seed = seed;
  }

  at(position: number): { readonly epoch: number; readonly index: number } {
    const epoch = Math.floor(position / this.#count);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#order = new RandomStream(this.#seed, 'order', epoch).shuffled([...Array(this.#count).keys()]);
    }
    return { epoch, index: this.#order[position % this.#count] ?? 0 };
  }
}
