import { describe, expect, it } from 'vitest';
import type { BoxEvaluation } from '../../../../stages/lib/metrics/box-evaluation.js';
import { matchBoxes } from '../../../../stages/lib/metrics/coco-match.js';
import { confusionMatrix } from '../../../../stages/lib/metrics/confusion-matrix.js';
import { analyseErrors } from '../../../../stages/lib/metrics/error-types.js';

type Box = readonly [x: number, y: number, width: number, height: number];
interface Scene {
  readonly truth: readonly (readonly [k: number, box: Box, crowd?: boolean])[];
  readonly found: readonly (readonly [k: number, score: number, box: Box])[];
}

function evaluationOf({ truth, found }: Scene): BoxEvaluation {
  return {
    imageCount: 1,
    classCount: 2,
    truth: {
      image: truth.map(() => 0),
      class: truth.map(([k]) => k),
      boxesXywhPx: truth.flatMap(([, box]) => box),
      areaPx: truth.map(([, box]) => box[2] * box[3]),
      crowd: truth.map(([, , crowd]) => (crowd ? 1 : 0)),
    },
    detections: {
      image: found.map(() => 0),
      class: found.map(([k]) => k),
      boxesXywhPx: found.flatMap(([, , box]) => box),
      score: found.map(([, score]) => score),
    },
  };
}

const here: Box = [0, 0, 10, 10];
const there: Box = [100, 0, 10, 10];

function errorsOf(scene: Scene) {
  const evaluation = evaluationOf(scene);
  return analyseErrors(evaluation, matchBoxes(evaluation));
}

describe('the kinds of errors', () => {
  it.each([
    ['localisation', [0, 0.9, [6, 0, 10, 10]]], // IoU .25 with the right class
    ['class', [1, 0.9, [1, 0, 10, 10]]], // IoU .82 with another class
    ['both', [1, 0.9, [6, 0, 10, 10]]], // IoU .25 with another class
    ['background', [0, 0.9, [50, 50, 10, 10]]],
  ] as const)('a detection that is wrong in this way is called %s', (type, detection) => {
    const { wrong, summary } = errorsOf({ truth: [[0, here]], found: [detection] });
    expect(wrong.map((one) => one.type)).toEqual([type]);
    expect(summary[type].count).toBe(1);
  });

  it('a second detection of one object is a duplicate', () => {
    const { wrong, missed } = errorsOf({
      truth: [[0, here]],
      found: [
        [0, 0.9, here],
        [0, 0.8, here],
      ],
    });
    expect(wrong).toEqual([{ detection: 1, type: 'duplicate', truth: 0, iou: 1 }]);
    expect(missed).toEqual([]);
  });

  it('an object is missed when nothing is near to it; crowds never are', () => {
    const { missed } = errorsOf({
      truth: [
        [0, here],
        [0, there],
        [0, [200, 0, 50, 50], true],
      ],
      found: [[0, 0.9, [6, 0, 10, 10]]],
    });
    expect(missed).toEqual([1]);
  });

  it('repairing a misplaced detection makes it right, and its kind is worth all of AP50', () => {
    const { summary } = errorsOf({ truth: [[0, here]], found: [[0, 0.9, [6, 0, 10, 10]]] });
    expect(summary.localisation.deltaAp50).toBeCloseTo(1, 9);
    expect(summary.background).toEqual({ count: 0, deltaAp50: 0 });
  });

  it('repairing a misnamed detection moves it to the right class', () => {
    const { summary } = errorsOf({
      truth: [
        [0, here],
        [1, there],
      ],
      found: [
        [1, 0.9, here],
        [1, 0.8, there],
      ],
    });
    // Before: class 0 has AP 0, class 1 has precision 1/2. After: both 1.
    expect(summary.class.deltaAp50).toBeCloseTo(1 - 0.25, 2);
  });

  it('dropping false alarms is worth the precision that they cost', () => {
    const { summary } = errorsOf({
      truth: [[0, here]],
      found: [
        [0, 0.9, there],
        [0, 0.8, here],
      ],
    });
    expect(summary.background.deltaAp50).toBeCloseTo(0.5, 9);
  });

  it('without the missed objects recall is whole', () => {
    const { summary } = errorsOf({
      truth: [
        [0, here],
        [0, there],
      ],
      found: [[0, 0.9, here]],
    });
    // 51 of 101 recall thresholds are up to .5.
    expect(summary.missed.deltaAp50).toBeCloseTo(1 - 51 / 101, 9);
  });
});

describe('the confusion matrix', () => {
  it('pairs by overlap whatever the class, and puts what is left over in the last row and column', () => {
    const evaluation = evaluationOf({
      truth: [
        [0, here],
        [1, there],
        [0, [200, 0, 10, 10]],
      ],
      found: [
        [1, 0.9, here],
        [1, 0.9, there],
        [0, 0.9, [300, 0, 10, 10]],
        [0, 0.1, [200, 0, 10, 10]],
      ],
    });
    expect(confusionMatrix(evaluation, { minScore: 0.5, minIou: 0.5 })).toEqual([
      [0, 1, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('does not hold against a detection that it lies in a crowd', () => {
    const evaluation = evaluationOf({
      truth: [[0, [0, 0, 100, 100], true]],
      found: [
        [0, 0.9, [10, 10, 10, 10]],
        [0, 0.9, [300, 0, 10, 10]],
      ],
    });
    expect(confusionMatrix(evaluation, { minScore: 0.5, minIou: 0.5 })).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
  });
});
