/**
 * Hands out names that nobody had before: the first to ask for `a.png` gets it, the second gets `a~2.png`.
 * What an early one got does not depend on who asks later.
 */
export class UniqueNames {
  readonly #taken = new Set<string>();

  /**
   * @param key how names are compared: paths that differ only in case are one file on some systems
   */
  constructor(private readonly key: (name: string) => string = (name) => name) {}

  /**
   * @param wanted a name or a path
   * @param isPath whether the number goes in front of the extension
   */
  claim(wanted: string, isPath = false): string {
    if (this.#take(wanted)) return wanted;
    const dot = isPath ? wanted.lastIndexOf('.') : -1;
    const end = dot > wanted.lastIndexOf('/') + 1 ? dot : wanted.length;
    for (let count = 2; ; count++) {
      const name = `${wanted.slice(0, end)}~${count}${wanted.slice(end)}`;
      if (this.#take(name)) return name;
    }
  }

  /** The set's growth says whether the name was free: looking first would compare names twice. */
  #take(name: string): boolean {
    const before = this.#taken.size;
    return this.#taken.add(this.key(name)).size > before;
  }
}
