import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { NamedInput } from '../../pipeline/stage/context.js';

/** One way of making a detector, and what its repetitions scored. */
export interface Arm<T> {
  /** `mixed`; with the stage where scores come from several. */
  readonly name: string;
  /** By repetition: `seed=2`; the empty name when there is only one. */
  readonly repetitions: readonly {
    readonly name: string;
    readonly value: T;
    /** The stage that scored it: `score[arm=mixed,seed=2]`. */
    readonly source: string;
  }[];
}

type Named = Pick<NamedInput, 'name' | 'stage' | 'axes'>;

/**
 * Scores as arms and their repetitions: what differs in a repeated axis (`seed`) alone is one arm.
 * @throws UserError for two scores that nothing tells apart
 */
export function armsOf<T>(
  scores: readonly (Named & { readonly value: T })[],
  repeatedAxes: readonly string[],
): Arm<T>[] {
  const manyStages = new Set(scores.map(({ stage }) => stage)).size > 1;
  const arms = new Map<string, { name: string; value: T; source: string }[]>();
  for (const { name: source, stage, axes, value } of scores) {
    const own = Object.entries(axes).filter(([axis]) => !repeatedAxes.includes(axis));
    const labels = own.map(([, label]) => label).join(', ');
    const name =
      manyStages || labels === '' ? [stage, labels].filter((part) => part !== '').join(': ') : labels;
    const repetition = Object.entries(axes)
      .filter(([axis]) => repeatedAxes.includes(axis))
      .map(([axis, label]) => `${axis}=${label}`)
      .join(',');
    const list = arms.get(name) ?? [];
    if (list.some((other) => other.name === repetition))
      throw new UserError(
        `Two scores are called "${name}"${repetition === '' ? '' : ` with ${repetition}`}.`,
        {
          hint: 'Bind each score once, and let stages or axes of the matrix tell them apart.',
        },
      );
    arms.set(name, [...list, { name: repetition, value, source }]);
  }
  return [...arms].map(([name, repetitions]) => ({ name, repetitions }));
}

/** The arm that others are compared with. @throws UserError when there is none of this name */
export function baselineOf<T>(arms: readonly Arm<T>[], baseline: string | undefined): Arm<T> | undefined {
  if (baseline === undefined) return undefined;
  const found = arms.find(({ name }) => name === baseline);
  if (found) return found;
  const names = arms.map(({ name }) => name);
  const near = nearestName(baseline, names);
  throw new UserError(`benchmark: there is no arm "${baseline}" to compare with.`, {
    hint: near === undefined ? `The arms are ${names.join(', ')}.` : `Did you mean ${near}?`,
  });
}
