import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { matchBoxes } from '../lib/metrics/coco-match.js';
import { bootstrapFigures, percentileInterval } from '../lib/metrics/bootstrap.js';
import { rankingsOf, type ClassRanking } from '../lib/metrics/ranking.js';
import type { SliceScore } from '../lib/metrics/scores.js';
import { weightedFigures } from '../lib/metrics/weighted-figures.js';
import type { Slice } from './slicing.js';

/**
 * AP of every slice with its interval over the slice's images. A slice of images is an evaluation of them alone; in a
 * slice of objects, the other objects need not be found, and what is found beside all objects is wrong as ever.
 */
export function scoreSlices(
  evaluation: BoxEvaluation,
  rankings: readonly ClassRanking[],
  slices: readonly Slice[],
  options: { readonly resamples: number; readonly seed: number },
): SliceScore[] {
  return slices.map((slice) => {
    const own =
      slice.on === 'image'
        ? ofImages(rankings, slice.members)
        : { rankings: ofObjects(evaluation, slice.members), imageCount: evaluation.imageCount };
    const figures = weightedFigures(own.rankings)(new Uint8Array(own.imageCount).fill(1));
    const objects = own.rankings.reduce((sum, { truthImage }) => sum + truthImage.length, 0);
    const named = { attribute: slice.attribute, on: slice.on, value: slice.value };
    const images =
      slice.on === 'image'
        ? slice.members.length
        : new Set(slice.members.map((g) => evaluation.truth.image[g])).size;
    if (!figures) return { ...named, images, objects, AP: -1, AP50: -1, interval: null, interval50: null };
    const resampled = bootstrapFigures(own.rankings, own.imageCount, options);
    return {
      ...named,
      images,
      objects,
      AP: figures.ap,
      AP50: figures.ap50,
      interval: asPair(percentileInterval(resampled.ap)),
      interval50: asPair(percentileInterval(resampled.ap50)),
    };
  });
}

/** The rankings of some of the images, which are numbered anew. */
function ofImages(
  rankings: readonly ClassRanking[],
  images: readonly number[],
): { readonly rankings: readonly ClassRanking[]; readonly imageCount: number } {
  const numberOf = new Map(images.map((image, number) => [image, number]));
  const chosen = rankings.map((ranking): ClassRanking => {
    const places = Array.from({ length: ranking.image.length }, (_, d) => d).filter((d) =>
      numberOf.has(ranking.image[d] as number),
    );
    const of = (column: ArrayLike<number>): number[] => places.map((d) => column[d] as number);
    const renumbered = (column: ArrayLike<number>): number[] =>
      Array.from(column).flatMap((image) => numberOf.get(image) ?? []);
    return {
      score: of(ranking.score),
      image: renumbered(ranking.image),
      matched: of(ranking.matched),
      ignored: of(ranking.ignored),
      truthImage: renumbered(ranking.truthImage),
    };
  });
  return { rankings: chosen, imageCount: images.length };
}

/** The rankings when only some of the objects have to be found. */
function ofObjects(evaluation: BoxEvaluation, objects: readonly number[]): ClassRanking[] {
  const { truth } = evaluation;
  const optional = new Uint8Array(truth.class.length).fill(1);
  for (const g of objects) optional[g] = truth.optional?.[g] === 1 ? 1 : 0;
  const sliced = { ...evaluation, truth: { ...truth, optional } };
  return rankingsOf(sliced, matchBoxes(sliced));
}

function asPair({ low, high }: { readonly low: number; readonly high: number }): [number, number] {
  return [low, high];
}
