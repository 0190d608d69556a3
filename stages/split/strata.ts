import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { DatasetRecord } from '../lib/dataset/record.js';

/** In what the splits are to be alike. */
export interface Likeness {
  readonly classes: boolean;
  readonly attributes: readonly string[];
}

/**
 * Gathers what images show and says to which stratum each set of images belongs: its rarest class (few images have
 * it, so it is the one that chance would spread worst), and its most frequent value of each attribute.
 */
export class Strata {
  readonly #imagesOfClass = new Map<string, number>();
  readonly #classesOfSet = new Map<string, Set<string>>();
  readonly #values = new Map<string, Map<string, number>[]>();
  readonly #seen = new Set<string>();
  #withoutAttribute = 0;

  constructor(private readonly likeness: Likeness) {}

  /** @param set the name of the set of images that stay together */
  add(set: string, record: DatasetRecord): void {
    const classes = this.likeness.classes ? new Set(record.objects.map((object) => object.class)) : [];
    let known = this.#classesOfSet.get(set);
    if (!known) this.#classesOfSet.set(set, (known = new Set()));
    for (const name of classes) {
      known.add(name);
      this.#imagesOfClass.set(name, (this.#imagesOfClass.get(name) ?? 0) + 1);
    }
    let counts = this.#values.get(set);
    if (!counts)
      this.#values.set(set, (counts = this.likeness.attributes.map(() => new Map<string, number>())));
    for (const [place, attribute] of this.likeness.attributes.entries()) {
      const value = record.attributes[attribute];
      if (value === undefined) this.#withoutAttribute += 1;
      const name = JSON.stringify(value ?? null);
      counts[place]?.set(name, (counts[place].get(name) ?? 0) + 1);
    }
    for (const name of Object.keys(record.attributes)) this.#seen.add(name);
  }

  /** How often an image lacked an attribute; lacking it is a value of its own. */
  get withoutAttribute(): number {
    return this.#withoutAttribute;
  }

  /** @throws UserError for an attribute that no image has */
  strata(): ReadonlyMap<string, string> {
    for (const attribute of this.likeness.attributes) {
      if (this.#seen.has(attribute) || this.#classesOfSet.size === 0) continue;
      const near = nearestName(attribute, this.#seen);
      throw new UserError(`No image has the attribute "${attribute}" that \`stratify\` names.`, {
        hint:
          this.#seen.size === 0
            ? 'The images have no attributes at all.'
            : `They have ${[...this.#seen].sort().join(', ')}.${near ? ` Is "${near}" meant?` : ''}`,
      });
    }
    const strata = new Map<string, string>();
    for (const [set, classes] of this.#classesOfSet) {
      const values = (this.#values.get(set) ?? []).map(mostFrequent);
      strata.set(set, JSON.stringify([this.#rarest(classes), ...values]));
    }
    return strata;
  }

  #rarest(classes: ReadonlySet<string>): string | null {
    const count = (name: string): number => this.#imagesOfClass.get(name) ?? 0;
    const [first] = [...classes].sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1));
    return first ?? null;
  }
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return first?.[0] ?? 'null';
}
