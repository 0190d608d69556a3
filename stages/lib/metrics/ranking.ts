import { z } from 'zod';
import { counts, type BoxEvaluation } from './box-evaluation.js';
import type { BoxMatches } from './coco-match.js';

/**
 * What became of a class's detections, by falling score: all that precision, recall, AP and their intervals are
 * computed from, for objects of every size.
 */
export interface ClassRanking {
  /** [D] */
  readonly score: ArrayLike<number>;
  /** [D] numbers of images. */
  readonly image: ArrayLike<number>;
  /** [D] bit t is set when it took a true box at COCO's IoU threshold t (.5, .55 … .95). */
  readonly matched: ArrayLike<number>;
  /** [D] bit t is set when it counts neither as right nor as wrong there. */
  readonly ignored: ArrayLike<number>;
  /** [G] the image of each object that has to be found. */
  readonly truthImage: ArrayLike<number>;
}

const numbers = z.array(z.number());

/** ranking.json: the rankings of an evaluation, so that others can compare and resample without the boxes. */
export const rankingSchema = z.strictObject({
  version: z.literal(1),
  /** Ids of the images, in the order of their numbers. */
  images: z.array(z.string()),
  classes: z.array(
    z.strictObject({
      class: z.string(),
      score: numbers,
      image: numbers,
      matched: numbers,
      ignored: numbers,
      truthImage: numbers,
    }),
  ),
});
export type Ranking = z.infer<typeof rankingSchema>;

/** The rankings of all classes, in their order. */
export function rankingsOf(evaluation: BoxEvaluation, matches: BoxMatches): ClassRanking[] {
  const truthImages: number[][] = Array.from({ length: matches.classCount }, () => []);
  const { truth } = evaluation;
  for (let g = 0; g < truth.class.length; g++)
    if (counts(truth, g)) truthImages[truth.class[g] as number]?.push(truth.image[g] as number);
  const [matched, ignored] = [matches.matched[0] as Uint16Array, matches.ignored[0] as Uint16Array];
  return truthImages.map((images, k) => {
    const order = matches.order.subarray(matches.classStart[k], matches.classStart[k + 1]); // [D]
    return {
      score: Float64Array.from(order, (d) => matches.score[d] as number),
      image: Uint32Array.from(order, (d) => matches.image[d] as number),
      matched: Uint16Array.from(order, (d) => matched[d] as number),
      ignored: Uint16Array.from(order, (d) => ignored[d] as number),
      truthImage: Uint32Array.from(images),
    };
  });
}
