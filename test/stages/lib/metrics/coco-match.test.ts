import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeCoco } from '../../../../stages/lib/metrics/coco-ap.js';
import { matchBoxes } from '../../../../stages/lib/metrics/coco-match.js';
import { linspace } from '../../../../stages/lib/metrics/coco-ranges.js';
import { EvaluationBuilder } from '../../../../stages/lib/metrics/evaluation-builder.js';
import { precisionRecall } from '../../../../stages/lib/metrics/precision-recall.js';
import type { ObjectRecord } from '../../../../stages/lib/dataset/record.js';
import { anObject } from '../../../support/dataset-builder.js';

interface Found {
  box: [number, number, number, number];
  class: string;
  score: number;
}
type Image = readonly [truth: ObjectRecord[], found: Found[]];

const found = (box: Found['box'], score: number, name = 'a'): Found => ({ box, class: name, score });

function matchesOf(images: readonly Image[], classes = ['a', 'b']) {
  const builder = new EvaluationBuilder(classes);
  for (const [truth, detections] of images) builder.addFound(builder.addTruth(truth), detections);
  return matchBoxes(builder.finish());
}
const figuresOf = (images: readonly Image[]) => summarizeCoco(matchesOf(images)).figures;

const boxArbitrary = fc
  .tuple(
    fc.integer({ min: 0, max: 150 }),
    fc.integer({ min: 0, max: 150 }),
    fc.integer({ min: 1, max: 150 }),
    fc.integer({ min: 1, max: 150 }),
  )
  .map(([x, y, w, h]): Found['box'] => [x, y, x + w, y + h]);
const classArbitrary = fc.constantFrom('a', 'b');
const imageArbitrary: fc.Arbitrary<Image> = fc.tuple(
  fc
    .array(fc.tuple(boxArbitrary, classArbitrary, fc.boolean()), { maxLength: 6 })
    .map((objects) => objects.map(([box, name, crowd]) => anObject(name, box, crowd ? { crowd } : {}))),
  fc
    .array(fc.tuple(boxArbitrary, classArbitrary, fc.integer({ min: 0, max: 4 })), { maxLength: 8 })
    .map((boxes) => boxes.map(([box, name, score]) => found(box, score / 4, name))),
);
const imagesArbitrary = fc.array(imageArbitrary, { maxLength: 5 });

describe('COCO matching', () => {
  it('every figure is −1 without ground truth, and between 0 and 1 with it', () => {
    fc.assert(
      fc.property(imagesArbitrary, (images) => {
        const counted = images.flatMap(([truth]) => truth).filter((object) => !object.crowd).length;
        const figures = figuresOf(images);
        for (const value of Object.values(figures))
          if (value !== -1) expect(value >= 0 && value <= 1).toBe(true);
        expect(figures.AP === -1).toBe(counted === 0);
      }),
    );
  });

  it('finding exactly the truth gives 1 for every figure that has ground truth', () => {
    fc.assert(
      fc.property(imagesArbitrary, (images) => {
        const perfect = images.map(([truth]): Image => {
          const boxes = new Map(truth.map((object) => [`${object.class} ${object.box.join()}`, object]));
          const plain = [...boxes.values()].map((object) => anObject(object.class, object.box));
          return [plain, plain.map((object) => found(object.box, 0.9, object.class))];
        });
        const { AP, AR100 } = figuresOf(perfect);
        const expected = perfect.some(([truth]) => truth.length > 0) ? 1 : -1;
        expect(AP).toBeCloseTo(expected, 12);
        expect(AR100).toBe(expected);
      }),
    );
  });

  it('images in another order give the same recall', () => {
    fc.assert(
      fc.property(imagesArbitrary, (images) => {
        expect(figuresOf([...images].reverse()).AR100).toBeCloseTo(figuresOf(images).AR100, 12);
      }),
    );
  });

  it('a second detection of an object is wrong', () => {
    const object = anObject('a', [0, 0, 50, 50]);
    const twice = [found([0, 0, 50, 50], 0.9), found([0, 0, 50, 50], 0.8)];
    const matches = matchesOf([[[object], twice]]);
    expect(Array.from(matches.matched[0] ?? []).map((bits) => bits & 1)).toEqual([1, 0]);
  });

  it('a crowd takes any number of detections, none of which counts', () => {
    const crowd = anObject('a', [0, 0, 100, 100], { crowd: true });
    const matches = matchesOf([[[crowd], [found([0, 0, 20, 20], 0.9), found([50, 50, 90, 90], 0.8)]]]);
    expect(Array.from(matches.ignored[0] ?? [])).toEqual([1023, 1023]);
    expect(matches.truthCount[0]?.[0]).toBe(0);
  });

  it('of two objects at the same IoU the later one is taken', () => {
    const [first, later] = [anObject('a', [0, 0, 100, 100]), anObject('a', [20, 0, 120, 100])];
    const between = found([10, 0, 110, 100], 0.9); // IoU 9/11 with both: thresholds .5 to .8
    const matches = matchesOf([
      [
        [first, later],
        [between, found([0, 0, 100, 100], 0.8)],
      ],
    ]);
    expect(Array.from(matches.matched[0] ?? [])).toEqual([0b1111111, 0b1111111111]);
  });

  it('an object that counts is taken before a crowd of higher IoU', () => {
    const object = anObject('a', [0, 0, 100, 60]);
    const crowd = anObject('a', [0, 0, 200, 200], { crowd: true });
    const matches = matchesOf([[[crowd, object], [found([0, 0, 100, 100], 0.9)]]]); // IoU .6 and 1
    expect(matches.matched[0]?.[0]).toBe(0b1111111111);
    expect(matches.ignored[0]?.[0]).toBe(0b1111111000);
  });

  it('an object of exactly 32² pixels is small and medium', () => {
    const object = anObject('a', [0, 0, 32, 32]);
    const figures = figuresOf([[[object], [found([0, 0, 32, 32], 1)]]]);
    expect([figures.APs, figures.APm, figures.APl].map(Math.round)).toEqual([1, 1, -1]);
  });

  it('the area that the truth names counts, not that of its box', () => {
    const object = anObject('a', [0, 0, 100, 100], { areaPx: 500 });
    const figures = figuresOf([[[object], [found([0, 0, 100, 100], 1)]]]);
    expect([figures.APs, figures.APl].map(Math.round)).toEqual([1, -1]);
  });

  it('more than 100 detections of a class in an image: those of the lowest scores do not count', () => {
    const object = anObject('a', [0, 0, 50, 50]);
    const noise = Array.from({ length: 100 }, (_, index) => found([60, 60, 90, 90], 0.5 + index / 1000));
    expect(figuresOf([[[object], [found([0, 0, 50, 50], 0.1), ...noise]]]).AR100).toBe(0);
    expect(figuresOf([[[object], [found([0, 0, 50, 50], 0.1), ...noise.slice(1)]]]).AR100).toBe(1);
  });

  it('thresholds are those of numpy.linspace to the last bit', () => {
    expect(Array.from(linspace(0.5, 0.95, 10))).toEqual([
      0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95,
    ]);
  });
});

describe('precision-recall curves', () => {
  it('their mean is the AP50 of the class', () => {
    fc.assert(
      fc.property(imagesArbitrary, (images) => {
        const matches = matchesOf(images);
        const { perClass } = summarizeCoco(matches);
        for (const [index, { ap50 }] of perClass.entries()) {
          const points = precisionRecall(matches, index)?.interpolated;
          const mean = points
            ? points.reduce((sum, [, precision]) => sum + precision, 0) / points.length
            : -1;
          expect(mean).toBeCloseTo(ap50, 12);
        }
      }),
    );
  });

  it('the best F1 says its score, precision and recall, and never parts equal scores', () => {
    const objects = [anObject('a', [0, 0, 50, 50]), anObject('a', [100, 0, 150, 50])];
    const boxes = [
      found([0, 0, 50, 50], 0.9),
      found([100, 0, 150, 50], 0.6),
      found([0, 100, 50, 150], 0.6),
      found([0, 200, 50, 250], 0.3),
    ];
    const best = precisionRecall(matchesOf([[objects, boxes]]), 0)?.best;
    expect(best).toEqual({ score: 0.6, precision: 2 / 3, recall: 1, f1: expect.closeTo(0.8, 12) as number });
  });

  it('a class of which nothing was found right has no best point', () => {
    const curve = precisionRecall(
      matchesOf([[[anObject('a', [0, 0, 9, 9])], [found([50, 50, 60, 60], 1)]]]),
      0,
    );
    expect(curve?.best).toBeUndefined();
    expect(curve?.interpolated.every(([, precision]) => precision === 0)).toBe(true);
  });
});
