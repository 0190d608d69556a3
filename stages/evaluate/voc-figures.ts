import { counts, type BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { cornersOf } from '../lib/metrics/iou.js';
import type { Scores } from '../lib/metrics/scores.js';
import { vocAp, type VocImage } from '../lib/metrics/voc-ap.js';

/** Pascal VOC's average precision of each class, by all points and by eleven, and the means. −1 without objects. */
export function vocFigures(
  evaluation: BoxEvaluation,
  classes: readonly string[],
  options: { readonly iou: number; readonly inclusivePixels: boolean },
): Scores['voc'] {
  const perClass = classes.map((name, k) => {
    const images = imagesOf(evaluation, k);
    const ap = (points: 'all' | 'eleven'): number => vocAp(images, { ...options, points }) ?? -1;
    return { class: name, allPoints: ap('all'), elevenPoints: ap('eleven') };
  });
  return {
    ...options,
    allPoints: meanOf(perClass.map(({ allPoints }) => allPoints)),
    elevenPoints: meanOf(perClass.map(({ elevenPoints }) => elevenPoints)),
    perClass,
  };
}

/** Crowds are to VOC what is difficult: neither right nor wrong. */
function imagesOf({ truth, detections }: BoxEvaluation, k: number): VocImage[] {
  const images = new Map<
    number,
    { found: number[]; scores: number[]; truth: number[]; difficult: boolean[] }
  >();
  const imageOf = (image: number): NonNullable<ReturnType<typeof images.get>> => {
    const known = images.get(image) ?? { found: [], scores: [], truth: [], difficult: [] };
    images.set(image, known);
    return known;
  };
  for (let g = 0; g < truth.class.length; g++) {
    if (truth.class[g] !== k) continue;
    const image = imageOf(truth.image[g] as number);
    image.truth.push(...cornersOf(truth.boxesXywhPx, g));
    image.difficult.push(!counts(truth, g));
  }
  for (let d = 0; d < detections.class.length; d++) {
    if (detections.class[d] !== k) continue;
    const image = imageOf(detections.image[d] as number);
    image.found.push(...cornersOf(detections.boxesXywhPx, d));
    image.scores.push(detections.score[d] as number);
  }
  return [...images].sort(([a], [b]) => a - b).map(([, image]) => image);
}

function meanOf(values: readonly number[]): number {
  const present = values.filter((value) => value >= 0);
  return present.length === 0 ? -1 : present.reduce((sum, value) => sum + value, 0) / present.length;
}
