import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';

/** At most `count` entries, evenly spread, the first one among them. */
export function chooseEvenly<T>(entries: readonly T[], count: number): T[] {
  if (entries.length <= count) return [...entries];
  return Array.from(
    { length: count },
    (_, index) => entries[Math.floor((index * entries.length) / count)],
  ).filter((entry) => entry !== undefined);
}

/** The entries of these names, in the order of the names. @throws UserError naming one that is not there */
export function chooseByName<T extends { readonly id: string }>(
  entries: readonly T[],
  names: readonly string[],
): T[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return names.map((name) => {
    const entry = byId.get(name);
    if (entry) return entry;
    const nearest = nearestName(name, [...byId.keys()]);
    throw new UserError(`There is no picture ${name} here.`, {
      hint:
        nearest === undefined
          ? `There are ${byId.size}, from ${entries[0]?.id ?? 'none'} to ${entries.at(-1)?.id ?? 'none'}.`
          : `Did you mean ${nearest}?`,
    });
  });
}
