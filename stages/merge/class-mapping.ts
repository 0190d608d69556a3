import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';

/** How classes are renamed (to a name) or dropped (null). */
export type ClassRules = Readonly<Record<string, string | null>>;

export interface ClassMapping {
  /** The classes of the merged dataset, in the order in which the sources first name them. */
  readonly classes: readonly string[];
  /** What a source's class is called now; undefined when its objects are dropped. */
  target(name: string): string | undefined;
}

/**
 * Brings the classes of several datasets under one list.
 * @param sources the class lists of the datasets, in their order
 * @param others  what becomes of classes without a rule
 * @throws UserError when a rule names a class that no dataset has, or when no class is left
 */
export function mapClasses(
  sources: readonly (readonly string[])[],
  rules: ClassRules,
  others: 'keep' | 'drop',
): ClassMapping {
  const known = new Set(sources.flat());
  for (const from of Object.keys(rules)) {
    if (known.has(from)) continue;
    const near = nearestName(from, known);
    throw new UserError(`\`classes\` has a rule for "${from}", but no dataset has that class.`, {
      hint: `They have ${[...known].join(', ')}.${near ? ` Is "${near}" meant?` : ''}`,
    });
  }
  const ruleOf = new Map(Object.entries(rules));
  const targets = new Map<string, string>();
  for (const name of known) {
    const target = ruleOf.has(name) ? ruleOf.get(name) : others === 'keep' ? name : null;
    if (typeof target === 'string') targets.set(name, target);
  }
  if (known.size > 0 && targets.size === 0)
    throw new UserError('The class rules drop every class, so no box would be left.', {
      hint: `Keep at least one of ${[...known].join(', ')}.`,
    });
  return { classes: [...new Set(targets.values())], target: (name) => targets.get(name) };
}

/** Pairs of classes that differ in case, blanks or hyphens alone: mostly one class that two sources spell in two ways. */
export function likeNames(classes: readonly string[]): readonly (readonly [string, string])[] {
  const firstOf = new Map<string, string>();
  const pairs: [string, string][] = [];
  for (const name of classes) {
    const bare = name.toLowerCase().replace(/[\s_-]+/g, '');
    const first = firstOf.get(bare);
    if (first === undefined) firstOf.set(bare, name);
    else pairs.push([first, name]);
  }
  return pairs;
}
