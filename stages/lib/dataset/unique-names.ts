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
    const dot = isPath ? wanted.lastIndexOf('.') : -1;
    const end = dot > wanted.lastIndexOf('/') + 1 ? dot : wanted.length;
    let name = wanted;
    for (let count = 2; this.#taken.has(this.key(name)); count++)
      name = `${wanted.slice(0, end)}~${count}${wanted.slice(end)}`;
    this.#taken.add(this.key(name));
    return name;
  }
}
