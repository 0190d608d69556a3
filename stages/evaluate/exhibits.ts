import type { StageContext } from '../../pipeline/stage/context.js';
import type { Scores } from '../lib/metrics/scores.js';
import { lineChart } from '../lib/plots/charts.js';
import { framesCaption, framesSheet } from './frames-sheet.js';
import type { JudgedImage } from './gather.js';

/** More lines than this cannot be told apart in one chart. */
const maxLines = 7;

/** Puts the twelve figures' most telling ones into the report. */
export async function showFigures(context: StageContext<unknown>, scores: Scores): Promise<void> {
  const { stats, counts } = scores;
  await context.exhibit({
    type: 'figures',
    title: 'COCO figures',
    caption:
      `Average precision and recall on ${counts.images} images with ${counts.objects} objects. ` +
      'AP is the mean over IoU .50 to .95; higher is better, 1 is perfect.',
    figures: [
      { name: 'AP50', value: shown(stats.AP50), note: 'IoU ≥ .50' },
      { name: 'AP', value: shown(stats.AP), note: 'IoU .50–.95' },
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
