import { digestOfJson } from '../../pipeline/core/digest.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { Measure } from '../../pipeline/stage/exhibit.js';
import type { Arm } from './arms.js';
import type { ArmResult, Scored } from './compare-arms.js';
import { sliceSheets } from './sheets.js';
import { rounded, type ShownTable } from './shown-table.js';

/** Kinds whose time is an arm's training time. */
const trainingKinds = ['yolo/train', 'cyclegan/train'];
/** Draws are compared, not added up: more digits would only make the record larger. */
const drawDigits = 5;

/** Puts the answer first: for each arm its figures, their spread over images and seeds, and its lead over the baseline. */
export async function showVerdict(
  context: StageContext<unknown>,
  results: readonly ArmResult[],
  arms: readonly Arm<Scored>[],
  told: { readonly sentences: readonly string[]; readonly table: ShownTable },
): Promise<void> {
  const { columns, rows, caption } = told.table;
  await context.exhibit({
    type: 'verdict',
    title: 'Verdict',
    caption,
    sentences: told.sentences,
    columns: [...columns],
    rows: results.map((result, index) => ({
      cells: [...(rows[index] ?? [])],
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

function short(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(drawDigits)));
}
