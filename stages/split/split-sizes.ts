import { UserError } from '../../pipeline/core/user-error.js';
import { splitNames, type SplitName, type SplitSizes } from './assign-groups.js';

/** What a person writes: shares below 1 or counts, and `rest` for one of them. */
export type WantedSizes = Readonly<Record<SplitName, number | 'rest'>>;

/**
 * Tells shares from counts and fills in the rest.
 * @throws UserError when the two are mixed, shares do not sum to 1, or two splits want the rest
 */
export function splitSizes(wanted: WantedSizes): SplitSizes {
  const written = splitNames.map((name) => `${name}: ${wanted[name]}`).join(', ');
  const rests = splitNames.filter((name) => wanted[name] === 'rest');
  const numbers = splitNames.flatMap((name) => (typeof wanted[name] === 'number' ? [wanted[name]] : []));
  if (rests.length > 1)
    throw new UserError(`Only one split can take the rest, but ${rests.join(' and ')} want it.`, {
      hint: 'Write a share or a count for the others.',
    });
  if (numbers.some((size) => size > 1)) {
    const broken = numbers.find((size) => !Number.isInteger(size));
    if (broken !== undefined)
      throw new UserError(`The sizes of the splits mix counts of images with shares (${written}).`, {
        hint: 'Write whole numbers of images for all, or shares between 0 and 1 for all.',
      });
    return { by: 'count', counts: wanted };
  }
  const sum = numbers.reduce((total, share) => total + share, 0);
  const wrong = rests.length === 1 ? sum > 1 + 1e-9 : Math.abs(sum - 1) > 1e-9;
  if (wrong)
    throw new UserError(`The shares of the splits sum to ${Number(sum.toFixed(6))} (${written}).`, {
      hint: 'They must sum to 1; `rest` for one of them takes what the others leave.',
    });
  const share = (name: SplitName): number => {
    const size = wanted[name];
    return size === 'rest' ? Math.max(0, 1 - sum) : size;
  };
  return {
    by: 'share',
    shares: { train: share('train'), validation: share('validation'), test: share('test') },
  };
}
