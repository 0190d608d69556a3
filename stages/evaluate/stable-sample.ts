import { RandomStream } from '../../pipeline/core/seed.js';

/**
 * A few of many, chosen by their content alone: those whose hash comes first. Another order chooses the same, and
 * one more to choose from replaces at most one.
 */
export class StableSample<T> {
  #best: { readonly draw: number; readonly item: T }[] = [];

  constructor(private readonly size: number) {}

  offer(contentDigest: string, item: T): void {
    const draw = new RandomStream(0, 'sample', contentDigest).next();
    const last = this.#best[this.size - 1];
    if (this.size === 0 || (last && last.draw <= draw)) return;
    const place = this.#best.findIndex((entry) => entry.draw > draw);
    this.#best.splice(place < 0 ? this.#best.length : place, 0, { draw, item });
    this.#best.length = Math.min(this.#best.length, this.size);
  }

  chosen(): readonly T[] {
    return this.#best.map((entry) => entry.item);
  }
}
