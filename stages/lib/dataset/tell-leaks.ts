import { UserError } from '../../../pipeline/core/user-error.js';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import { leakKinds, type Leak, type LeakKind } from './leaks.js';

/** Of each kind. */
const namedPairs = 8;

/**
 * Tells of leaks, each kind as the file wants it: all that are errors in one error, the others as warnings.
 * @param sides what the sets are called, by their number
 * @throws UserError that names the pairs
 */
export function tellLeaks(
  leaks: readonly Leak[],
  sides: readonly string[],
  options: {
    severity(kind: LeakKind): 'error' | 'warn';
    warn(message: string): void;
    /** What a person can do about kinds of leaks: sentences, of which each is said once. */
    hint(kinds: readonly LeakKind[]): readonly string[];
  },
): void {
  const fatal = leaks.filter(({ kind }) => options.severity(kind) === 'error');
  for (const kind of leakKinds) {
    const found = leaks.filter((leak) => leak.kind === kind);
    if (found.length > 0 && options.severity(kind) === 'warn')
      options.warn(`${countOf(kind, found.length)}: ${namesOf(found, sides).join('; ')}.`);
  }
  if (fatal.length === 0) return;
  const kinds = leakKinds.filter((kind) => fatal.some((leak) => leak.kind === kind));
  const counts = kinds.map((kind) => countOf(kind, fatal.filter((leak) => leak.kind === kind).length));
  throw new UserError(`The sets are not independent. ${counts.join('. ')}.`, {
    details: kinds.flatMap((kind) =>
      namesOf(
        fatal.filter((leak) => leak.kind === kind),
        sides,
      ),
    ),
    hint: [...new Set(options.hint(kinds))].join(' '),
  });
}

function countOf(kind: LeakKind, count: number): string {
  const one = count === 1;
  switch (kind) {
    case 'same-image':
      return one ? 'One image is in two sets' : `${count} images are in two sets`;
    case 'same-group':
      return one ? 'One group has images in two sets' : `${count} times a group has images in two sets`;
    case 'near-duplicate':
      return one
        ? 'One pair of images of two sets looks the same'
        : `${count} pairs of images of two sets look the same`;
    default:
      return unreachable(kind);
  }
}

function namesOf(leaks: readonly Leak[], sides: readonly string[]): string[] {
  const named = leaks.slice(0, namedPairs).map(({ kind, pair: [first, second], shared }) => {
    const pair = [first, second].map(({ side, id }) => `"${id}" (${sides[side] ?? side})`).join(' and ');
    switch (kind) {
      case 'same-image':
        return `${pair} are the same image`;
      case 'same-group':
        return `${pair} are of the same group "${shared}"`;
      case 'near-duplicate':
        return `${pair} look the same`;
      default:
        return unreachable(kind);
    }
  });
  const more = leaks.length - namedPairs;
  return more > 0 ? [...named, `… and ${more} more`] : named;
}
