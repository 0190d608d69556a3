import { UserError } from '../../pipeline/core/user-error.js';
import type { MergeParams } from './params.js';

/**
 * How many images each dataset gives, before repeated ones are left out.
 * @param counts how many images each has
 * @throws UserError for a list of another length than the datasets, or a ratio that leaves a dataset nothing
 */
export function sharesOf(
  counts: readonly number[],
  { limit, ratio, images }: Pick<MergeParams, 'limit' | 'ratio' | 'images'>,
): readonly number[] {
  if (Array.isArray(limit)) checkLength('limit', limit, counts.length);
  if (ratio) checkLength('ratio', ratio, counts.length);
  const available = counts.map((count, index) =>
    Math.min(count, (Array.isArray(limit) ? limit[index] : limit) ?? Infinity),
  );
  if (!ratio) {
    const total = available.reduce((sum, count) => sum + count, 0);
    return images === undefined || images >= total ? available : apportion(images, available);
  }
  const sum = ratio.reduce((total, part) => total + part, 0);
  const most = Math.min(...available.map((count, index) => (count * sum) / (ratio[index] ?? 1)));
  const shares = apportion(Math.floor(Math.min(most + 1e-9, images ?? Infinity)), ratio).map((share, index) =>
    Math.min(share, available[index] ?? 0),
  );
  const none = shares.findIndex((share) => share === 0);
  if (none >= 0)
    throw new UserError(
      `\`ratio\` [${ratio.join(', ')}] takes no image of dataset ${none + 1} of ${counts.length}: ` +
        `they have ${available.join(', ')} images.`,
      { hint: 'Give a nearer ratio, or take the dataset out of `in`.' },
    );
  return shares;
}

/** @throws UserError for a list that does not say something of every dataset */
export function checkLength(name: string, list: readonly unknown[], count: number): void {
  if (list.length !== count)
    throw new UserError(`\`${name}\` lists ${list.length} values, but there are ${count} datasets.`, {
      hint: 'It has one for each dataset, in the order of `in`.',
    });
}

/** Shares out a whole number by parts: rounded down, and the odd ones to those of whom the most was cut off. */
function apportion(total: number, parts: readonly number[]): number[] {
  const sum = parts.reduce((all, part) => all + part, 0);
  const exact = parts.map((part) => (sum === 0 ? 0 : (total * part) / sum));
  const shares = exact.map(Math.floor);
  const odd = total - shares.reduce((all, share) => all + share, 0);
  const order = [...exact.keys()].sort((a, b) => fraction(exact[b]) - fraction(exact[a]) || a - b);
  for (const index of order.slice(0, odd)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

function fraction(value: number | undefined): number {
  return (value ?? 0) % 1;
}
