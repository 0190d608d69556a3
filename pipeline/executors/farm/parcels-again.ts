import type { Terms } from './after-loss.js';
import type { Flight, Parcel } from './flight.js';

/**
 * What an attempt has not made, as it goes out again: what took too long in two, everything else at its index.
 * @param items that are missing; undefined for a whole stage
 */
export function parcelsAgain(
  { parcel, index, isStraggler = false }: Flight,
  items: readonly string[] | undefined,
  terms: Terms,
): readonly Parcel[] {
  const attempt = parcel.attempt + 1;
  if (!items || !isStraggler) return [{ items, terms, attempt, index }];
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)]
    .filter((part) => part.length > 0)
    .map((part) => ({ items: part, terms, attempt }));
}
