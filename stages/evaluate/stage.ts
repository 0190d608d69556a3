import type { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { evaluateParams } from './params.js';
import type { Slices } from './slicing.js';

/** Classes that a warning names. */
const namedClasses = 5;

type EvaluateParams = z.output<typeof evaluateParams>;

/** Measures what a detector found against the truth: figures with intervals, curves, slices, errors, and pictures. */
export const evaluateStage = defineStage({
  kind: 'evaluate',
  summary: "Measures predictions against the truth: COCO's figures, intervals, slices, kinds of errors",
  revision: 4,
  params: evaluateParams,
  inputs: {
    predictions: { type: 'predictions', description: 'What a detector found in the images of the truth' },
    truth: { type: 'dataset', description: 'Images with the right boxes' },
  },
  outputs: {
    scores: {
      type: 'scores',
      description: 'Figures and curves (scores.json, scores.xlsx), and what they come from (ranking.json)',
    },
  },
  seeded: () => true,
  run: evaluate,
});

async function evaluate(context: StageContext<EvaluateParams>): Promise<void> {
  const [
    { readDataset },
    { readPredictions },
    { gather },
    { StableSample },
    { computeScores },
    { slicesOf, sliceNames },
    { showFigures, showFrames, showClasses, showOperatingPoints, showSlices, showErrors, showGallery },
    { scoreSheets },
    { spreadsheet },
    { refuseLearntTruth },
  ] = await Promise.all([
    import('../lib/dataset/dataset.js'),
    import('../lib/dataset/predictions.js'),
    import('./gather.js'),
    import('./stable-sample.js'),
    import('./compute-scores.js'),
    import('./slicing.js'),
    import('./exhibits.js'),
    import('./score-sheets.js'),
    import('../lib/tables/spreadsheet.js'),
    import('./learnt-from-truth.js'),
  ]);
  const { otherClasses, difficult, resamples, sheet, voc, slices } = context.params;
  const truth = await readDataset(context.input('truth'), 'the truth');
  await refuseLearntTruth(truth, context.input('predictions'), context, context.params.leaks);
  const predictions = readPredictions(context.input('predictions'), 'the predictions');
  const sample = new StableSample<DatasetRecord>(sheet.images);
  const gathered = await gather(truth, predictions, { otherClasses, difficult, sample });
  const { evaluation, records } = gathered;
  const { classes } = truth.header;
  for (const [name, count] of gathered.otherClasses)
    context.warn(`${count} detections of class "${name}" are left out: the truth does not know that class.`);
  expectNames(slices.pairs, sliceNames(records));
  const sliced: Slices = slices.maxValues === 0 ? { slices: [], leftOut: [] } : slicesOf(records, slices);
  if (sliced.leftOut.length > 0)
    context.log(`more than ${slices.maxValues} values, so no slices: ${sliced.leftOut.join(', ')}`);

  context.signal.throwIfAborted();
  const options = { resamples, seed: context.seed, voc, slices: sliced.slices };
  const computed = computeScores(evaluation, classes, options);
  const { scores } = computed;
  if (scores.counts.optional > 0)
    context.warn(`${scores.counts.optional} difficult objects need not be found (difficult: ignore).`);
  const output = context.output('scores');
  await output.write('scores.json', `${JSON.stringify(scores, null, 2)}\n`);
  const ranking = { version: 1, images: records.map(({ id }) => id), classes: computed.classes };
  await output.write('ranking.json', `${JSON.stringify(ranking)}\n`);
  await output.write('scores.xlsx', await spreadsheet(scoreSheets(scores, classes)));
  for (const [name, value] of Object.entries(scores.stats)) context.metric(name, value);
  const bestF1 = scores.bestOperatingPoint?.micro.f1 ?? null;
  if (bestF1 !== null) context.metric('best F1', bestF1);
  const absent = scores.perClass
    .filter(({ truth: count }) => count === 0)
    .map(({ class: name }) => `"${name}"`);
  if (absent.length > 0)
    context.warn(
      absent.length === 1
        ? `The truth has no object of class ${absent.join()}, so that class is in no figure.`
        : `The truth has no object of ${absent.length} classes, so they are in no figure: ${absent.slice(0, namedClasses).join(', ')}${absent.length > namedClasses ? ', …' : ''}.`,
    );

  const locate = ({ imageDigest }: DatasetRecord): string =>
    context.input('truth').locate({ digest: imageDigest });
  await showFigures(context, scores);
  await showFrames(context, gathered.sampled, (image) => locate(image.truth));
  await showClasses(context, scores);
  await showOperatingPoints(context, scores);
  await showSlices(context, scores);
  await showErrors(context, scores, classes);
  await showGallery(context, { evaluation, errors: computed.errors, classes, records, locate });
}

/** @throws UserError for a pair of attributes that nothing has */
function expectNames(pairs: readonly (readonly [string, string])[], names: readonly string[]): void {
  for (const name of pairs.flat())
    if (!names.includes(name))
      throw new UserError(`slices.pairs: no image and no object has the attribute "${name}".`, {
        hint: `There are: ${names.join(', ')}.`,
      });
}
