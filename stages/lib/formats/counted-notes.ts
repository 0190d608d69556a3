/** Things that are said once with their number, not once each: losses, repairs, what was left out. */
export class CountedNotes {
  readonly #entries = new Map<string, { count: number; readonly first: string }>();

  /**
   * @param what  the note with `{n}` for the number: `{n} images are missing`
   * @param where the first place is named
   */
  count(what: string, where: string, times = 1): void {
    const entry = this.#entries.get(what);
    if (entry) entry.count += times;
    else this.#entries.set(what, { count: times, first: where });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** One sentence a note, in the order in which they first came up. */
  sentences(): readonly string[] {
    return [...this.#entries].map(
      ([what, { count, first }]) =>
        `${what.replace('{n}', String(count))} (${count > 1 ? 'first: ' : ''}${first}).`,
    );
  }
}
