import { RandomStream } from '../../pipeline/core/seed.js';

/**
 * Translated pictures of earlier steps, which a discriminator sees half of the time instead of the newest (Shrivastava
 * et al. 2017; 50 in Zhu et al. 2017). What is drawn is a function of seed, name and step: of a pool only the pictures
 * are kept in a checkpoint.
 */
export class ImagePool {
  readonly #pictures: Float32Array[] = [];

  /** @param size 0 for no pool: the newest is always shown */
  constructor(
    private readonly size: number,
    private readonly seed: number,
    private readonly name: string,
  ) {}

  /** Which picture of the pool is shown in place of the newest one; undefined for the newest. */
  choose(step: number): { readonly place: number; readonly picture: Float32Array } | undefined {
    if (this.size === 0 || this.#pictures.length < this.size) return undefined;
    const random = new RandomStream(this.seed, 'pool', this.name, step);
    if (random.next() < 0.5) return undefined;
    const place = random.integer(0, this.size - 1);
    const picture = this.#pictures[place];
    return picture && { place, picture };
  }

  /** Takes the newest picture in: while there is room, and then in place of the one that was chosen at this step. */
  take(step: number, newest: Float32Array): void {
    if (this.#pictures.length < this.size) this.#pictures.push(newest);
    else {
      const chosen = this.choose(step);
      if (chosen) this.#pictures[chosen.place] = newest;
    }
  }

  /** All pictures in one vector, for a checkpoint. */
  toVector(): Float32Array {
    const each = this.#pictures[0]?.length ?? 0;
    const all = new Float32Array(each * this.#pictures.length);
    for (const [place, picture] of this.#pictures.entries()) all.set(picture, place * each);
    return all;
  }

  /** @param length numbers of one picture */
  restore(all: Float32Array, length: number): void {
    this.#pictures.length = 0;
    for (let from = 0; from < all.length; from += length) this.#pictures.push(all.slice(from, from + length));
  }
}
