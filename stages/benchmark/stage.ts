import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { Scored } from './compare-arms.js';

const params = z.strictObject({
  baseline: z
    .string()
    .optional()
    .describe(
      'The arm that all others are compared with, by its label: real. Without it nothing is compared.',
    ),
  repeatedAxes: z
    .array(z.string())
    .default(['seed'])
    .describe('Axes of the matrix that only repeat: their values are averaged, and their deviation is shown'),
  resamples: z
    .number()
    .int()
    .min(100)
    .max(100_000)
    .default(1000)
    .describe('How often the test images are drawn anew for the 95 % intervals (bootstrap)'),
});

/** Ranks the detectors of a pipeline on the same test images. */
export const benchmarkStage = defineStage({
  kind: 'benchmark',
  summary: 'Ranks detectors on the same images, with intervals and differences to a baseline',
  revision: 5,
  params,
  inputs: {
    scores: { type: 'scores', many: true, named: true, description: 'Evaluations on the same truth' },
  },
  outputs: {
    benchmark: {
      type: 'benchmark',
      description: 'The ranking (benchmark.json, .csv, .xlsx, .html) and the curves (curves.svg, .png)',
    },
  },
  seeded: () => true,
  run: benchmark,
});

async function benchmark(context: StageContext<z.output<typeof params>>): Promise<void> {
  const [
    { armsOf, baselineOf },
    { compareArms },
    { meanCurve },
    { benchmarkSheets, rankingTable },
    { verdictLines },
    { keepMeasures, showSlices, showVerdict },
    { benchmarkPage },
    { shownTable },
    { spreadsheet },
    { lineChart },
    { stringify },
    { default: sharp },
  ] = await Promise.all([
    import('./arms.js'),
    import('./compare-arms.js'),
    import('./mean-curve.js'),
    import('./sheets.js'),
    import('./verdict.js'),
    import('./exhibits.js'),
    import('./page.js'),
    import('./shown-table.js'),
    import('../lib/tables/spreadsheet.js'),
    import('../lib/plots/charts.js'),
    import('csv-stringify/sync'),
    import('sharp'),
  ]);
  const { baseline: baselineName, repeatedAxes, resamples } = context.params;
  const arms = armsOf(await scoresOf(context), repeatedAxes);
  const baseline = baselineOf(arms, baselineName);
  const results = compareArms(arms, baseline, { resamples, seed: context.seed });
  const curves = new Map(
    results.flatMap(({ name }) => {
      const arm = arms.find((one) => one.name === name);
      return arm ? [[name, meanCurve(arm)] as const] : [];
    }),
  );
  const chart = await lineChart({
    xLabel: 'recall',
    yLabel: 'precision',
    xDomain: [0, 1],
    yDomain: [0, 1],
    series: Array.from(curves, ([name, points]) => ({ name, points })),
  });
  const verdict = verdictLines(results, baseline?.name);
  const { columns, rows } = rankingTable(results);
  const output = context.output('benchmark');
  // Thousands of draws that nobody reads.
  const shown = results.map((result) => ({ ...result, resampled: undefined }));
  const summary = { version: 1, baseline: baseline?.name ?? null, resamples, verdict, arms: shown };
  await output.write('benchmark.json', `${JSON.stringify(summary, null, 2)}\n`);
  await output.write('benchmark.csv', stringify([columns, ...rows]));
  await output.write('benchmark.xlsx', await spreadsheet(benchmarkSheets(results, arms, curves)));
  await output.write('curves.svg', chart);
  await output.write(
    'curves.png',
    await sharp(Buffer.from(chart), { density: 144 }).flatten({ background: 'white' }).png().toBuffer(),
  );
  const images = arms[0]?.repetitions[0]?.value.ranking.images.length ?? 0;
  const table = shownTable(results, { baseline: baseline?.name, resamples, images });
  await output.write('benchmark.html', benchmarkPage({ verdict, table, chart }));
  for (const { name, AP, AP50 } of results) {
    context.metric(`${name} AP50`, AP50.mean);
    context.metric(`${name} AP`, AP.mean);
  }
  await showVerdict(context, results, arms, { sentences: verdict, table });
  await keepMeasures(context, results, arms, resamples);
  await context.exhibit({
    type: 'picture',
    title: 'Precision and recall of all arms',
    caption: 'At IoU .50, averaged over classes and repetitions.',
    mediaType: 'image/svg+xml',
    data: chart,
  });
  await showSlices(context, arms);
}

async function scoresOf(context: StageContext<unknown>) {
  const [{ scoresSchema }, { rankingSchema }] = await Promise.all([
    import('../lib/metrics/scores.js'),
    import('../lib/metrics/ranking.js'),
  ]);
  const inputs = context.namedInputs('scores');
  if (inputs.length === 0)
    throw new UserError('benchmark has no scores to compare.', { hint: 'Bind evaluate stages to `scores`.' });
  return Promise.all(
    inputs.map(async ({ name, stage, axes, artifact }) => {
      const value: Scored = {
        scores: scoresSchema.parse(JSON.parse(await artifact.readText('scores.json'))),
        ranking: rankingSchema.parse(JSON.parse(await artifact.readText('ranking.json'))),
      };
      return { name, stage, axes, value };
    }),
  );
}
