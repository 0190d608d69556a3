import type { StageContext } from '../../pipeline/stage/context.js';
import type { Scores } from '../lib/metrics/scores.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { errorTypes, type ErrorAnalysis, type ErrorType } from '../lib/metrics/error-types.js';
import { lineChart } from '../lib/plots/charts.js';
import { gallerySheet, worstOf } from './gallery.js';
import { sliceColumns, sliceRow } from './score-sheets.js';
import { framesCaption, framesSheet } from './frames-sheet.js';
import type { JudgedImage } from './gather.js';

/** More lines than this cannot be told apart in one chart. */
const maxLines = 7;
/** A wider matrix cannot be read on a page; scores.json and scores.xlsx have it whole. */
const maxConfusionClasses = 15;

/** How the kinds of errors are called before people. */
const errorNames: Readonly<Record<ErrorType, string>> = {
  localisation: 'right class, loose box',
  class: 'right box, wrong class',
  both: 'wrong class and loose box',
  duplicate: 'found twice',
  background: 'nothing there',
  missed: 'missed',
};

/** Puts the twelve figures' most telling ones into the report. */
export async function showFigures(context: StageContext<unknown>, scores: Scores): Promise<void> {
  const { stats, counts } = scores;
  await context.exhibit({
    type: 'figures',
    title: 'COCO figures',
    caption:
      `Average precision and recall on ${counts.images} images with ${counts.objects} objects. ` +
      'AP is the mean over IoU .50 to .95; higher is better, 1 is perfect. In brackets: 95 % interval over images.',
    figures: [
      { name: 'AP50', value: shown(stats.AP50), note: `IoU ≥ .50, ${between(scores.intervals.AP50)}` },
      { name: 'AP', value: shown(stats.AP), note: `IoU .50–.95, ${between(scores.intervals.AP)}` },
      { name: 'AP75', value: shown(stats.AP75), note: 'IoU ≥ .75' },
      { name: 'AR100', value: shown(stats.AR100), note: 'recall' },
      { name: 'AP small', value: shown(stats.APs), note: 'up to 32² px' },
      { name: 'AP medium', value: shown(stats.APm), note: '32² to 96² px' },
      { name: 'AP large', value: shown(stats.APl), note: 'from 96² px' },
    ],
  });
}

/** Puts the precision-recall curves and the table of classes into the report. */
export async function showClasses(context: StageContext<unknown>, scores: Scores): Promise<void> {
  const largest = [...scores.perClass].sort((a, b) => b.truth - a.truth).slice(0, maxLines);
  const names = new Set(largest.map((entry) => entry.class));
  const shownCurves = scores.curve.classes.filter((curve) => names.has(curve.class));
  const partial = shownCurves.length < scores.curve.classes.length;
  await context.exhibit({
    type: 'picture',
    title: 'Precision and recall at IoU .50',
    caption:
      'How precision falls while more is found; the area under a line is that class’s AP50.' +
      (partial ? ` The ${shownCurves.length} classes with the most objects; scores.json has all.` : ''),
    mediaType: 'image/svg+xml',
    data: await lineChart({
      xLabel: 'recall',
      yLabel: 'precision',
      xDomain: [0, 1],
      yDomain: [0, 1],
      series: shownCurves.map((curve) => ({ name: curve.class, points: curve.points })),
    }),
  });
  await context.exhibit({
    type: 'table',
    title: 'Classes',
    caption: 'F1 is taken at IoU .50 and at the score where it is highest for the class.',
    columns: ['class', 'objects', 'detections', 'AP', 'AP50', 'best F1', 'at score', 'precision', 'recall'],
    rows: scores.perClass.map(({ class: name, truth, detections, AP, AP50, bestF1 }) => [
      name,
      truth,
      detections,
      rounded(AP),
      rounded(AP50),
      bestF1 && rounded(bestF1.f1),
      bestF1 && rounded(bestF1.score),
      bestF1 && rounded(bestF1.precision),
      bestF1 && rounded(bestF1.recall),
    ]),
  });
}

/** Puts the contact sheet into the report. */
export async function showFrames(
  context: StageContext<unknown> & { readonly params: { readonly sheet: { readonly minScore: number } } },
  images: readonly JudgedImage[],
  locate: (image: JudgedImage) => string,
): Promise<void> {
  if (images.length === 0) return;
  const { minScore } = context.params.sheet;
  await context.exhibit({
    type: 'picture',
    title: 'Truth and findings',
    caption: `${framesCaption} ${images.length} images, chosen by chance; scores from ${minScore}.`,
    mediaType: 'image/jpeg',
    data: await framesSheet(images, locate, minScore),
  });
}

function shown(value: number): number | string {
  return value < 0 ? '–' : Number(value.toFixed(3));
}

function rounded(value: number): number | null {
  return value < 0 ? null : Number(value.toFixed(3));
}

/** Puts the table over score thresholds and the calibration into the report. */
export async function showOperatingPoints(context: StageContext<unknown>, scores: Scores): Promise<void> {
  const best = scores.bestOperatingPoint;
  const points = best
    ? [...scores.operatingPoints, best].sort((a, b) => a.score - b.score)
    : scores.operatingPoints;
  await context.exhibit({
    type: 'table',
    title: 'Score thresholds',
    caption:
      'What holds when only detections from a score on count, at IoU .50, all boxes in one pot (micro); macro F1 is the mean over classes.' +
      (best ? ` F1 is best at ${best.score.toFixed(3)}.` : ' Nothing is right at any score.'),
    columns: ['score', 'found', 'right', 'precision', 'recall', 'F1', 'macro F1', 'AP50'],
    rows: points.map(({ score, found, right, micro, macro, ap50 }) => [
      score === best?.score ? `${score.toFixed(3)} (best)` : score.toFixed(2),
      found,
      right,
      percent(micro.precision),
      percent(micro.recall),
      percent(micro.f1),
      percent(macro.f1),
      rounded(ap50),
    ]),
  });
  if (!scores.calibration) return;
  const { bins, expectedError } = scores.calibration;
  await context.exhibit({
    type: 'picture',
    title: 'Calibration',
    caption: `Whether a score says how likely a detection is right at IoU .50: on the diagonal it does. Expected error ${expectedError.toFixed(3)}.`,
    mediaType: 'image/svg+xml',
    data: await lineChart({
      xLabel: 'mean score',
      yLabel: 'share that is right',
      xDomain: [0, 1],
      yDomain: [0, 1],
      series: [
        {
          name: 'detections',
          points: bins.map(({ meanScore, precision }) => [meanScore, precision] as const),
        },
        {
          name: 'calibrated',
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
    }),
  });
}

/** Puts a table for every attribute into the report. */
export async function showSlices(context: StageContext<unknown>, scores: Scores): Promise<void> {
  for (const attribute of new Set(scores.slices.map((slice) => slice.attribute))) {
    const slices = scores.slices.filter((slice) => slice.attribute === attribute);
    const objects = slices.some(({ on }) => on === 'object');
    await context.exhibit({
      type: 'table',
      title: `By ${attribute}`,
      caption:
        'With 95 % intervals over images.' +
        (objects ? ' Objects of other values need not be found; false alarms count in every row.' : ''),
      columns: sliceColumns,
      rows: slices.map((slice) =>
        sliceRow(slice).map((cell, column) =>
          typeof cell === 'number' && column > 3 ? rounded(cell) : cell,
        ),
      ),
    });
  }
}

/** Puts the kinds of errors and the confusion matrix into the report. */
export async function showErrors(
  context: StageContext<unknown>,
  scores: Scores,
  classes: readonly string[],
): Promise<void> {
  await context.exhibit({
    type: 'table',
    title: 'Kinds of errors',
    caption:
      'How many there are of each, and by how much AP50 would rise if this kind alone were repaired (TIDE).',
    columns: ['error', 'count', 'AP50 more by'],
    rows: Object.entries(scores.errors).map(([type, { count, deltaAp50 }]) => [
      errorNames[type as ErrorType],
      count,
      Number(deltaAp50.toFixed(3)),
    ]),
  });
  if (classes.length > maxConfusionClasses) return;
  const { matrix, minScore } = scores.confusion;
  await context.exhibit({
    type: 'table',
    title: 'Confusion',
    caption: `Rows are what is there, columns what the detector says from a score of ${minScore.toFixed(3)} on, at IoU .50.`,
    columns: ['', ...classes, 'nothing'],
    rows: matrix.map((row, index) => [classes[index] ?? 'nothing', ...row]),
  });
}

/** Puts the worst errors of each kind into the report. */
export async function showGallery(
  context: StageContext<unknown> & { readonly params: { readonly sheet: { readonly errors: number } } },
  judged: {
    readonly evaluation: BoxEvaluation;
    readonly errors: ErrorAnalysis;
    readonly classes: readonly string[];
    readonly records: readonly DatasetRecord[];
    readonly locate: (record: DatasetRecord) => string;
  },
): Promise<void> {
  const { evaluation, errors, classes, records, locate } = judged;
  for (const type of errorTypes) {
    const entries = worstOf(type, evaluation, errors, classes, context.params.sheet.errors);
    if (entries.length === 0) continue;
    await context.exhibit({
      type: 'picture',
      title: `Worst errors: ${errorNames[type]}`,
      caption:
        type === 'missed'
          ? 'The largest objects that no detection is near to (magenta).'
          : 'The surest of them, dashed orange with the score; blue is the object that stands nearest.',
      mediaType: 'image/jpeg',
      data: await gallerySheet(entries, records, locate),
    });
  }
}

function between([low, high]: readonly [number, number]): string {
  return `[${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function percent(share: number | null): number | null {
  return share === null ? null : Number(share.toFixed(3));
}
