import sharp from 'sharp';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import { contactSheet } from '../lib/imaging/contact-sheet.js';
import { lineChart } from '../lib/plots/charts.js';
import { augmentedTiles } from './augmented-tiles.js';
import type { LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';
import { precisionRecallChart } from './precision-recall-picture.js';
import type { TrainingCourse } from './train.js';

type Context = StageContext<YoloTrainParams>;

const SHOWN = 8;
const COLUMNS = 4;

/** Shows the first images as the network will see them, with the boxes it is to find. @returns the picture, JPEG */
export async function showAugmentedBatch(context: Context, cfg: DarknetCfg, train: LabelledImages) {
  const { params, seed } = context;
  const tiles = await augmentedTiles(train, { ...cfg, epoch: 0, seed, augment: params.augment }, SHOWN);
  const encoded = await contactSheet(tiles, { columns: COLUMNS, tileWidthPx: 320 });
  await context.exhibit({
    type: 'picture',
    title: 'What the network sees',
    caption: 'Training images as they are changed in the first epoch, with the boxes to find.',
    mediaType: 'image/jpeg',
    data: encoded,
  });
  const { width, height } = await sharp(encoded).metadata();
  return { width, height, encoded };
}

/** Shows the loss and the validation AP50 over the epochs, and precision over recall of the best. */
export async function showCurves(context: Context, training: TrainingCourse, classes: readonly string[]) {
  const { reports, bestAp50, bestEpoch } = training;
  const points = (value: (report: (typeof reports)[number]) => number | undefined): [number, number][] =>
    reports.flatMap((report) => {
      const y = value(report);
      return y === undefined ? [] : [[report.epoch, y]];
    });
  const loss = await lineChart({
    title: 'Training loss',
    xLabel: 'epoch',
    yLabel: 'loss an image',
    series: [
      { name: 'all', points: points((report) => report.loss) },
      { name: 'boxes', points: points((report) => report.box) },
      { name: 'objectness', points: points((report) => report.objectness) },
      { name: 'classes', points: points((report) => report.classes) },
    ],
  });
  const precision = await lineChart({
    title: 'Validation AP50',
    xLabel: 'epoch',
    yLabel: 'AP50',
    series: [{ name: 'AP50', points: points((report) => report.ap50) }],
  });
  await context.exhibit({
    type: 'figures',
    title: 'Training',
    figures: [
      { name: 'validation AP50', value: Number(bestAp50.toFixed(3)), note: `epoch ${bestEpoch}` },
      { name: 'loss at the end', value: Number((reports.at(-1)?.loss ?? NaN).toFixed(3)) },
    ],
  });
  for (const [title, data] of [
    ['Training loss', loss],
    ['Validation AP50', precision],
    ['Precision over recall', await precisionRecallChart(training, classes)],
  ] as const)
    if (data !== undefined)
      await context.exhibit({ type: 'picture', title, mediaType: 'image/svg+xml', data });
}
