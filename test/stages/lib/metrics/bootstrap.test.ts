import { describe, expect, it } from 'vitest';
import {
  bootstrapFigures,
  drawImages,
  pairedDifference,
  percentileInterval,
} from '../../../../stages/lib/metrics/bootstrap.js';
import { summarizeCoco } from '../../../../stages/lib/metrics/coco-ap.js';
import type { BoxEvaluation } from '../../../../stages/lib/metrics/box-evaluation.js';
import { matchBoxes } from '../../../../stages/lib/metrics/coco-match.js';
import { rankingsOf } from '../../../../stages/lib/metrics/ranking.js';
import { weightedFigures } from '../../../../stages/lib/metrics/weighted-figures.js';
import { RandomStream } from '../../../../pipeline/core/seed.js';

/** Images with objects of two classes and detections that miss them by chance. */
function someEvaluation(imageCount: number, seed: number): BoxEvaluation {
  const random = new RandomStream(seed, 'test');
  const truth = { image: [] as number[], class: [] as number[], boxesXywhPx: [] as number[], areaPx: [] as number[], crowd: [] as number[] }; // prettier-ignore
  const detections = { image: [] as number[], class: [] as number[], boxesXywhPx: [] as number[], score: [] as number[] }; // prettier-ignore
  for (let image = 0; image < imageCount; image++)
    for (let n = random.integer(0, 3); n > 0; n--) {
      const box = [
        random.integer(0, 80),
        random.integer(0, 80),
        random.integer(10, 40),
        random.integer(10, 40),
      ];
      const k = random.integer(0, 1);
      truth.image.push(image);
      truth.class.push(k);
      truth.boxesXywhPx.push(...box);
      truth.areaPx.push((box[2] ?? 0) * (box[3] ?? 0));
      truth.crowd.push(0);
      detections.image.push(image, image);
      detections.class.push(k, random.integer(0, 1));
      detections.boxesXywhPx.push(...box.map((side) => side + random.integer(0, 5)), 1, 1, 30, 30);
      detections.score.push(random.next(), random.next());
    }
  return { imageCount, classCount: 2, truth, detections };
}

/** The same evaluation with every image as often as said. */
function repeated(evaluation: BoxEvaluation, times: ArrayLike<number>): BoxEvaluation {
  const copies = Array.from({ length: evaluation.imageCount }, (_, image) => image).flatMap((image) =>
    Array.from({ length: times[image] ?? 0 }, () => image),
  );
  const pick = <T extends { image: ArrayLike<number> }>(columns: T, names: (keyof T)[]): T => {
    const out: Record<string, number[]> = { image: [] };
    for (const [number, image] of copies.entries())
      for (let i = 0; i < columns.image.length; i++) {
        if (columns.image[i] !== image) continue;
        out['image']?.push(number);
        for (const name of names) {
          const list = (out[String(name)] ??= []);
          const column = columns[name] as ArrayLike<number>;
          if (name === 'boxesXywhPx')
            list.push(...Array.from({ length: 4 }, (_, s) => column[4 * i + s] ?? 0));
          else list.push(column[i] ?? 0);
        }
      }
    return out as unknown as T;
  };
  return {
    ...evaluation,
    imageCount: copies.length,
    truth: pick(evaluation.truth, ['class', 'boxesXywhPx', 'areaPx', 'crowd']),
    detections: pick(evaluation.detections, ['class', 'boxesXywhPx', 'score']),
  };
}

describe('figures of weighted images', () => {
  const evaluation = someEvaluation(30, 3);
  const rankings = rankingsOf(evaluation, matchBoxes(evaluation));

  it('are those of COCO when every image counts once', () => {
    const { figures } = summarizeCoco(matchBoxes(evaluation));
    const once = weightedFigures(rankings)(new Uint8Array(30).fill(1));
    expect(once?.ap).toBeCloseTo(figures.AP, 12);
    expect(once?.ap50).toBeCloseTo(figures.AP50, 12);
    expect(figures.AP).toBeGreaterThan(0.05);
  });

  it.each([0, 1, 2, 3])('are those of an evaluation that has its images as often (draw %i)', (draw) => {
    const times = drawImages(30, 5, draw);
    const { figures } = summarizeCoco(matchBoxes(repeated(evaluation, times)));
    const weighted = weightedFigures(rankings)(times);
    expect(weighted?.ap).toBeCloseTo(figures.AP, 12);
    expect(weighted?.ap50).toBeCloseTo(figures.AP50, 12);
  });

  it('are undefined when no object is left', () => {
    expect(weightedFigures(rankings)(new Uint8Array(30))).toBeUndefined();
  });
});

describe('the bootstrap', () => {
  it('draws as many images as there are, the same for the same name', () => {
    const times = drawImages(1000, 1, 7);
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(1000);
    expect(drawImages(1000, 1, 7)).toEqual(times);
    expect(drawImages(1000, 1, 8)).not.toEqual(times);
    // A share of 1/e is never drawn.
    expect(times.filter((count) => count === 0).length / 1000).toBeCloseTo(Math.exp(-1), 1);
  });

  it('gives an interval around the figure that is narrower with more images', () => {
    const widthOf = (imageCount: number): number => {
      const evaluation = someEvaluation(imageCount, 11);
      const matches = matchBoxes(evaluation);
      const { ap50 } = bootstrapFigures(rankingsOf(evaluation, matches), imageCount, {
        resamples: 300,
        seed: 2,
      });
      const { low, high } = percentileInterval(ap50);
      const { AP50 } = summarizeCoco(matches).figures;
      expect(low).toBeLessThan(AP50);
      expect(high).toBeGreaterThan(AP50);
      return high - low;
    };
    expect(widthOf(240)).toBeLessThan(0.7 * widthOf(30));
  });

  it('interpolates between the values of a small distribution', () => {
    const values = Float64Array.from({ length: 101 }, (_, index) => 100 - index);
    const { low, high } = percentileInterval(values);
    expect([low, high]).toEqual([expect.closeTo(2.5, 9), expect.closeTo(97.5, 9)]);
  });

  it('sees no difference between a detector and itself, and a clear one where all resamples agree', () => {
    const a = Float64Array.from({ length: 999 }, (_, index) => index / 1000);
    expect(pairedDifference(a, a)).toEqual({ interval: { low: 0, high: 0 }, pValue: 1 });
    const better = pairedDifference(
      a,
      a.map((value) => value + 0.1),
    );
    expect(better.interval.low).toBeCloseTo(0.1, 12);
    expect(better.pValue).toBeCloseTo(2 / 1000, 12);
  });
});
