import { digestOfJson } from '../../pipeline/core/digest.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { Measure } from '../../pipeline/stage/exhibit.js';
import type { Arm } from './arms.js';
import type { ArmResult, Difference, Scored } from './compare-arms.js';
import { sliceSheets } from './sheets.js';

/** Kinds whose time is an arm's training time. */
const trainingKinds = ['yolo/train', 'cyclegan/train'];
/** Draws are compared, not added up: more digits would only make the record larger. */
const drawDigits = 5;

/** Puts the answer first: for each arm its figures, their spread over images and seeds, and its lead over the baseline. */
export async function showVerdict(
  context: StageContext<unknown>,
  results: readonly ArmResult[],
  arms: readonly Arm<Scored>[],
  told: {
    readonly sentences: readonly string[];
    readonly baseline: string | undefined;
    readonly resamples: number;
  },
): Promise<void> {
  const { sentences, baseline, resamples } = told;
  const compared = results.some(({ difference }) => difference !== null);
  const repeated = results.some(({ repetitions }) => repetitions > 1);
  const images = arms[0]?.repetitions[0]?.value.ranking.images.length ?? 0;
  await context.exhibit({
    type: 'verdict',
    title: 'Verdict',
    caption:
      `Brackets: 95 % over ${resamples} resamples of the ${images} test images.` +
      (repeated ? ' ±: standard deviation over the repetitions of the training.' : '') +
      (compared ? ' Differences are taken on the same resamples.' : ''),
    sentences,
    columns: [
      'arm',
      'AP50',
      'over images',
      ...(repeated ? ['±', 'times'] : []),
      ...(compared ? [`AP50 against ${baseline ?? ''}`, 'p'] : []),
      'AP',
    ],
    rows: results.map((result) => ({
      cells: [
        result.name,
        rounded(result.AP50.mean),
        range(result.AP50.interval),
        ...(repeated ? [rounded(result.AP50.deviation), result.repetitions] : []),
        ...(compared ? differenceCells(result.difference?.AP50) : []),
        rounded(result.AP.mean),
      ],
      stages: arms.find(({ name }) => name === result.name)?.repetitions.map(({ source }) => source) ?? [],
    })),
    timed: { column: 'training', kinds: trainingKinds },
  });
}

/** Keeps each arm's figures with their resamples, so that another run's can be compared image by image. */
export async function keepMeasures(
  context: StageContext<unknown>,
  results: readonly ArmResult[],
  arms: readonly Arm<Scored>[],
  resamples: number,
): Promise<void> {
  const ranking = arms[0]?.repetitions[0]?.value.ranking;
  const truth = ranking?.classes.map((one) => [one.class, [...one.truthImage]]) ?? [];
  const measures = results.flatMap(({ name, AP, AP50, resampled }): Measure[] => [
    {
      name: `${name} AP50`,
      better: 'higher',
      value: AP50.mean,
      ...AP50.interval,
      draws: short(resampled.ap50),
    },
    { name: `${name} AP`, better: 'higher', value: AP.mean, ...AP.interval, draws: short(resampled.ap) },
  ]);
  await context.exhibit({
    type: 'measures',
    title: 'AP and AP50 of all arms',
    drawnFrom: digestOfJson({ seed: context.seed, resamples, images: ranking?.images ?? [], truth }),
    measures,
  });
}

/** For every attribute of the test images: AP50 of each arm on the images of each value. */
export async function showSlices(
  context: StageContext<unknown>,
  arms: readonly Arm<Scored>[],
): Promise<void> {
  for (const { name, columns, rows } of sliceSheets(arms))
    await context.exhibit({
      type: 'table',
      title: `AP50 by ${name}`,
      caption: 'On the images of each value alone; the mean over repetitions.',
      columns: [...columns],
      rows: rows.map((row) => row.map((cell) => (typeof cell === 'number' ? rounded(cell) : cell))),
    });
}

function differenceCells(difference: Difference | undefined): (string | number | null)[] {
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

function rounded(value: number): number;
function rounded(value: number | null): number | null;
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(3));
}

function short(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(drawDigits)));
}
