import type { ArmResult, Difference } from './compare-arms.js';

type Cell = string | number | null;

/** The ranking for people: intervals in brackets, three digits. */
export interface ShownTable {
  readonly columns: readonly string[];
  /** In the order of the results. */
  readonly rows: readonly (readonly Cell[])[];
  /** What brackets and signs mean. */
  readonly caption: string;
}

/** @param compared.baseline the arm that the others are compared with, where there is one */
export function shownTable(
  results: readonly ArmResult[],
  { baseline, resamples, images }: { readonly baseline: string | undefined; readonly resamples: number; readonly images: number }, // prettier-ignore
): ShownTable {
  const compared = results.some(({ difference }) => difference !== null);
  const repeated = results.some(({ repetitions }) => repetitions > 1);
  return {
    columns: [
      'arm',
      'AP50',
      'over images',
      ...(repeated ? ['±', 'times'] : []),
      ...(compared ? [`AP50 against ${baseline ?? ''}`, 'p'] : []),
      'AP',
      'best F1',
    ],
    rows: results.map(({ name, AP50, AP, repetitions, difference, bestF1 }) => [
      name,
      rounded(AP50.mean),
      range(AP50.interval),
      ...(repeated ? [rounded(AP50.deviation), repetitions] : []),
      ...(compared ? differenceCells(difference?.AP50) : []),
      rounded(AP.mean),
      rounded(bestF1),
    ]),
    caption:
      `Brackets: 95 % over ${resamples} resamples of the ${images} test images.` +
      (repeated ? ' ±: standard deviation over the repetitions of the training.' : '') +
      (compared ? ' Differences are taken on the same resamples.' : ''),
  };
}

function differenceCells(difference: Difference | undefined): Cell[] {
  if (!difference) return [null, null];
  return [`${signed(difference.mean)} ${range(difference.interval, signed)}`, rounded(difference.pValue)];
}

function range(
  { low, high }: { readonly low: number; readonly high: number },
  text: (value: number) => string = (value) => value.toFixed(3),
): string {
  return `[${text(low)}, ${text(high)}]`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** Three digits, as tables show them. */
export function rounded(value: number): number;
export function rounded(value: number | null): number | null;
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(3));
}
