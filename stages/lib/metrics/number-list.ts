/** A list of numbers that grows and lies in memory as one typed array: 8 bytes a number, however many there are. */
export class NumberList {
  #values = new Float64Array(1024);
  #length = 0;

  push(...numbers: readonly number[]): void {
    if (this.#length + numbers.length > this.#values.length) {
      const grown = new Float64Array(2 * this.#values.length + numbers.length);
      grown.set(this.#values);
      this.#values = grown;
    }
    for (const number of numbers) this.#values[this.#length++] = number;
  }

  /** The numbers so far; not a copy. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
