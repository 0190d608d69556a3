import { palette, lineChart } from '../lib/plots/charts.js';
import type { TrainingCourse } from './train.js';
import type { TaggedPicture } from './training-logs.js';

/** Draws precision over recall (IoU 0.5, validation) of the best network so far: a line a class, or their mean alone where there are many. */
export async function precisionRecallChart(
  { bestPrecisions, bestEpoch }: Pick<TrainingCourse, 'bestPrecisions' | 'bestEpoch'>,
  classes: readonly string[],
): Promise<string | undefined> {
  const present = bestPrecisions.flatMap((precisions, c) =>
    precisions.length === 0 ? [] : [{ name: classes[c] ?? `class ${c}`, precisions }],
  );
  const [first] = present;
  if (!first) return undefined;
  const mean = first.precisions.map(
    (_, r) => present.reduce((sum, { precisions }) => sum + (precisions[r] ?? 0), 0) / present.length,
  );
  const all = { name: 'mean of the classes', precisions: mean };
  const lines = present.length === 1 ? present : present.length < palette.length ? [all, ...present] : [all];
  return lineChart({
    title: `Precision over recall, epoch ${bestEpoch}`,
    xLabel: 'recall',
    yLabel: 'precision',
    xDomain: [0, 1],
    yDomain: [0, 1],
    series: lines.map(({ name, precisions }) => ({
      name,
      points: precisions.map((precision, r): [number, number] => [r / (precisions.length - 1), precision]),
    })),
  });
}

/** The same as a picture for TensorBoard; none before the first validation. */
export async function precisionRecallPicture(
  course: Pick<TrainingCourse, 'bestPrecisions' | 'bestEpoch'>,
  classes: readonly string[],
): Promise<TaggedPicture[]> {
  const svg = await precisionRecallChart(course, classes);
  if (svg === undefined) return [];
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(Buffer.from(svg), { density: 144 })
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return [{ step: course.bestEpoch, tag: 'validation/precision-recall', picture: { width, height, encoded: data } }]; // prettier-ignore
}
