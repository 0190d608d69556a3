import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DatasetRecord } from '../lib/dataset/record.js';

const params = z.strictObject({
  otherClasses: z
    .enum(['error', 'ignore'])
    .default('error')
    .describe(
      'What a detection of a class that the truth does not know is: an error, or left out and counted',
    ),
  leaks: z
    .enum(['error', 'warn'])
    .default('error')
    .describe(
      'What it is when the detector was trained or chosen by images or groups of the truth: an error that names them, or a warning',
    ),
  sheet: z
    .strictObject({
      images: z
        .number()
        .int()
        .min(0)
        .max(200)
        .default(12)
        .describe('How many images the contact sheet shows'),
      minScore: z.number().min(0).max(1).default(0.25).describe('Detections below this score are not drawn'),
    })
    .prefault({})
    .describe('The pictures for the report; the figures do not depend on it'),
});
type EvaluateParams = z.infer<typeof params>;

/** Measures what a detector found against the truth: COCO's twelve figures, curves, and pictures to look at. */
export const evaluateStage = defineStage({
  kind: 'evaluate',
  summary: "Measures predictions against the truth with COCO's twelve figures",
  revision: 2,
  params,
  inputs: {
    predictions: { type: 'predictions', description: 'What a detector found in the images of the truth' },
    truth: { type: 'dataset', description: 'Images with the right boxes' },
  },
  outputs: { scores: { type: 'scores', description: 'Figures and curves (scores.json)' } },
  seeded: () => false,
  run: evaluate,
});

async function evaluate(context: StageContext<EvaluateParams>): Promise<void> {
  const [
    { readDataset },
    { readPredictions },
    { gather },
    { StableSample },
    { computeScores },
    { showFigures, showFrames, showClasses },
    { refuseLearntTruth },
  ] = await Promise.all([
    import('../lib/dataset/dataset.js'),
    import('../lib/dataset/predictions.js'),
    import('./gather.js'),
    import('./stable-sample.js'),
    import('./compute-scores.js'),
    import('./exhibits.js'),
    import('./learnt-from-truth.js'),
  ]);
  const { otherClasses, sheet } = context.params;
  const truth = await readDataset(context.input('truth'), 'the truth');
  await refuseLearntTruth(truth, context.input('predictions'), context, context.params.leaks);
  const predictions = readPredictions(context.input('predictions'), 'the predictions');
  const sample = new StableSample<DatasetRecord>(sheet.images);
  const gathered = await gather(truth, predictions, { otherClasses, sample });
  for (const [name, count] of gathered.otherClasses)
    context.warn(`${count} detections of class "${name}" are left out: the truth does not know that class.`);

  context.signal.throwIfAborted();
  const scores = computeScores(gathered.evaluation, truth.header.classes);
  await context.output('scores').write('scores.json', `${JSON.stringify(scores, null, 2)}\n`);
  for (const [name, value] of Object.entries(scores.stats)) context.metric(name, value);
  for (const { class: name, truth: count } of scores.perClass)
    if (count === 0)
      context.warn(`The truth has no object of class "${name}", so that class is in no figure.`);
  await showFigures(context, scores);
  await showFrames(context, gathered.sampled, (image) =>
    context.input('truth').locate({ digest: image.truth.imageDigest }),
  );
  await showClasses(context, scores);
}
