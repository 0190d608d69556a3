import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../pipeline/core/atomic-file.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { writeLearntImages } from '../lib/dataset/learnt-images.js';
import { lineChart } from '../lib/plots/charts.js';
import { readDomain, type Domain } from './domain.js';
import { writeGenerator } from './generator-file.js';
import { checkTrainingMemory } from './memory.js';
import type { CycleGanParams } from './params.js';
import { SampleSheets } from './sample-sheet.js';
import { lossesByWay } from './step-losses.js';
import { trainGan, type GanTraining } from './train.js';
import { GAN_EVENT_FILE, lossesAsCsv, lossesAsEvents } from './training-logs.js';

type Context = StageContext<CycleGanParams>;

const SHEETS_SHOWN = 6;

/** The cyclegan/train stage: reads both domains, trains, writes the generator, shows how it went. */
export async function runGanTraining(context: Context): Promise<void> {
  const { params, seed } = context;
  checkTrainingMemory(params);
  const source = await readDomain(context.input('source'), 'source', params.crop);
  const target = await readDomain(context.input('target'), 'target', params.crop);
  for (const domain of [source, target]) tellOf(context, domain);
  const sheets = new SampleSheets(source, target, params, seed, join(context.workDirectory, 'samples'));
  const live = join(context.workDirectory, 'tensorboard');
  context.log(
    `while it trains, its losses are in ${live} (tensorboard --logdir), samples in ${context.workDirectory}`,
  );
  const training = await trainGan({
    params,
    source,
    target,
    seed,
    workers: params.workers === 'auto' ? context.host.cpuCount : params.workers,
    workDirectory: context.workDirectory,
    signal: context.signal,
    log: (line) => context.log(line),
    onStep: (done, total, note, figures) => context.progress({ done, total, unit: 'steps', note, figures }),
    onEpoch: (reports) => writeAtomically(join(live, GAN_EVENT_FILE), lossesAsEvents(reports)),
    onSample: (step, model, parameters) => sheets.make(step, model, parameters),
  });
  const output = context.output('generator');
  await writeGenerator(output, training.model, training.parameters, {
    crop: params.crop,
    steps: training.steps,
  });
  // What a generator learnt is in every image that it makes: both domains count as seen.
  await writeLearntImages(output, {
    train: [context.input('source'), context.input('target')],
    validation: [],
  });
  await output.write('training/losses.csv', lossesAsCsv(training.reports));
  await output.write(`training/${GAN_EVENT_FILE}`, lossesAsEvents(training.reports));
  for (const [name, value] of Object.entries(training.reports.at(-1)?.losses ?? {}))
    context.metric(`loss/${name}`, value);
  await show(context, training, sheets);
}

function tellOf(context: Context, { name, images, convertedCount }: Domain): void {
  context.log(`${name}: ${images.length} images`);
  if (convertedCount > 0)
    context.warn(
      `${convertedCount} of ${images.length} images of the ${name} dataset are grey or have transparency: they are taken as RGB, on grey where they are transparent.`,
    );
}

async function show(context: Context, { reports, steps }: GanTraining, sheets: SampleSheets): Promise<void> {
  for (const [way, parts] of lossesByWay(Object.keys(reports[0]?.losses ?? {}))) {
    const series = [...parts].map(([part, name]) => ({
      name: part,
      points: reports.map(({ epoch, losses }): [number, number] => [epoch, losses[name] ?? NaN]),
    }));
    await context.exhibit({
      type: 'picture',
      title: way === '' ? 'Losses' : `Losses on the way ${way}`,
      caption:
        'Generators and discriminators work against each other: level curves are a good sign, zero is none.',
      mediaType: 'image/svg+xml',
      data: await lineChart({ xLabel: 'epoch', yLabel: 'loss', series }),
    });
  }
  const { sampleEvery } = context.params;
  const made = [...Array(Math.floor(steps / sampleEvery)).keys()].map((n) => (n + 1) * sampleEvery);
  if (made.at(-1) !== steps) made.push(steps);
  const every = Math.max(1, Math.ceil(made.length / SHEETS_SHOWN));
  const chosen = made.filter((_, n) => (made.length - 1 - n) % every === 0);
  for (const step of chosen)
    await context.exhibit({
      type: 'picture',
      title: `Samples after ${step} steps`,
      caption: 'Originals above, their translations below.',
      mediaType: 'image/jpeg',
      data: await readFile(sheets.fileOf(step)),
    });
}
