import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../../../stages/lib/metrics/calibration.js';
import { bestOperatingPoint, operatingPoints } from '../../../../stages/lib/metrics/operating-points.js';
import type { ClassRanking } from '../../../../stages/lib/metrics/ranking.js';

/** @param right one letter a detection: r right, w wrong, i ignored */
function ranking(score: number[], fates: string, truthCount: number): ClassRanking {
  const of = (letter: string): number[] => [...fates].map((fate) => (fate === letter ? 0x3ff : 0));
  return {
    score,
    image: score.map(() => 0),
    matched: of('r'),
    ignored: of('i'),
    truthImage: new Array<number>(truthCount).fill(0),
  };
}

const two = [ranking([0.9, 0.6, 0.3], 'rwr', 4), ranking([0.8], 'r', 1), ranking([0.7], 'w', 0)];

describe('operating points', () => {
  it('count one pot for micro, and average the classes with objects for macro', () => {
    const [point] = operatingPoints(two, [0.5]);
    expect(point).toMatchObject({ found: 3, right: 2 });
    expect(point?.micro.precision).toBeCloseTo(2 / 3, 12);
    expect(point?.micro.recall).toBeCloseTo(2 / 5, 12);
    expect(point?.micro.f1).toBeCloseTo(4 / 8, 12);
    expect(point?.macro.precision).toBeCloseTo((1 / 2 + 1) / 2, 12);
    expect(point?.macro.recall).toBeCloseTo((1 / 4 + 1) / 2, 12);
    expect(point?.macro.f1).toBeCloseTo((2 / 6 + 1) / 2, 12);
  });

  it('have no precision when nothing is found', () => {
    expect(operatingPoints(two, [0.99])[0]?.micro).toEqual({ precision: null, recall: 0, f1: 0 });
  });

  it('leave out what is ignored', () => {
    expect(operatingPoints([ranking([0.9, 0.8], 'ir', 1)], [0.1])[0]).toMatchObject({ found: 1, right: 1 });
  });

  it('are best where micro F1 is highest, at a score that a detection has', () => {
    expect(bestOperatingPoint(two)?.score).toBe(0.3);
    expect(bestOperatingPoint([ranking([0.9, 0.2], 'rw', 1)])?.score).toBe(0.9);
    expect(bestOperatingPoint([ranking([0.9], 'w', 1)])).toBeUndefined();
  });

  it('do not part detections of the same score', () => {
    expect(bestOperatingPoint([ranking([0.9, 0.9, 0.9], 'rww', 1)])?.micro.f1).toBeCloseTo(0.5, 12);
  });
});

describe('calibration', () => {
  it('compares the score with the share that is right, bin by bin', () => {
    const calibration = calibrationOf([ranking([0.95, 0.91, 0.15, 0.11], 'rwwi', 2)]);
    expect(calibration?.bins).toEqual([
      { from: 0.1, detections: 1, meanScore: 0.15, precision: 0 },
      { from: 0.9, detections: 2, meanScore: expect.closeTo(0.93, 9) as number, precision: 0.5 },
    ]);
    expect(calibration?.expectedError).toBeCloseTo((0.15 + 2 * 0.43) / 3, 12);
  });

  it('is not there without detections', () => {
    expect(calibrationOf([ranking([], '', 1)])).toBeUndefined();
  });
});
