/**
 * Groups that must stay together: two groups that hold an image of the same content are one, or that image would
 * stand in two splits. Disjoint sets (Tarjan 1975); a set is called after its first name in alphabetical order, so
 * the name does not depend on the order in which images come.
 */
export class LinkedGroups {
  readonly #parent = new Map<string, string>();
  readonly #groupOfContent = new Map<string, string>();
  #links = 0;

  /** How many groups were found to be part of another. */
  get linkCount(): number {
    return this.#links;
  }

  add(group: string, contentDigest: string): void {
    if (!this.#parent.has(group)) this.#parent.set(group, group);
    const other = this.#groupOfContent.get(contentDigest);
    if (other === undefined) this.#groupOfContent.set(contentDigest, group);
    else this.#join(this.find(group), this.find(other));
  }

  /** Keeps the groups of two contents together. */
  linkContents(one: string, other: string): void {
    const [a, b] = [this.#groupOfContent.get(one), this.#groupOfContent.get(other)];
    if (a !== undefined && b !== undefined) this.#join(this.find(a), this.find(b));
  }

  /** The name of the set that a group is in. */
  find(group: string): string {
    let root = group;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root))
      root = up;
    for (let at = group; at !== root;) {
      const up = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = up;
    }
    return root;
  }

  #join(a: string, b: string): void {
    if (a === b) return;
    this.#links += 1;
    const [first, second] = a < b ? [a, b] : [b, a];
    this.#parent.set(second, first);
  }
}
