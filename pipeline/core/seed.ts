import { createHash } from 'node:crypto';

/**
 * A stream of random numbers that is a function of its name alone. Streams are named by what they decide
 * (`hash(seed, frame, path)`), so that one more frame, one more parameter or another order moves no other value.
 *
 * The generator is SHA-256 in counter mode: slow beside a shift register, but the same in Python
 * (blender/darkroom/random_stream.py) and free of correlations between neighbouring names.
 */
export class RandomStream {
  readonly #name: string;
  #counter = 0;

  constructor(seed: number | string, ...path: readonly (number | string)[]) {
    this.#name = JSON.stringify([seed, ...path]);
  }

  /** The next 48 random bits as a fraction in [0, 1). */
  next(): number {
    const block = createHash('sha256').update(`${this.#name}#${this.#counter++}`).digest();
    return block.readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number in [low, high], both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** A draw from the normal distribution (Box & Muller 1958). */
  normal(mean: number, deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.next());
  }

  /** The items in random order (Fisher & Yates); the argument stays as it is. */
  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [order[i], order[j]] = [order[j] as T, order[i] as T];
    }
    return order;
  }
}

/** A seed in [0, 2³²) for somebody else's generator, a function of the name as a stream is. */
export function derivedSeed(seed: number | string, ...path: readonly (number | string)[]): number {
  return new RandomStream(seed, ...path).integer(0, 2 ** 32 - 1);
}
