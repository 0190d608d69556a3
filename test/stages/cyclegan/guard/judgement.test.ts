import { describe, expect, it } from 'vitest';
import { reasonsAgainst } from '../../../../stages/cyclegan/guard/judgement.js';

const least = { boxEdges: 0.2, outside: 0.2, colour: 0.3, lostRecall: 0.34, newDetections: 0 };

describe('why a translation is rejected', () => {
  it('is said for each measure that falls short, and for none that does not', () => {
    expect(reasonsAgainst({ boxEdges: 0.2, outside: 0.2, colour: 0.3 }, least)).toEqual([]);
    expect(reasonsAgainst({ boxEdges: 0.12, outside: -0.5, colour: 0.1 }, least)).toEqual([
      'edges inside a box agree by 0.12, below 0.2',
      'edges outside the boxes agree by -0.50, below 0.2',
      'colours vary by 0.10, below 0.3 of the original’s',
    ]);
  });

  it('has so many decimals that it does not read like the threshold', () => {
    expect(reasonsAgainst({ boxEdges: 0.1996, colour: 1 }, least)).toEqual([
      'edges inside a box agree by 0.1996, below 0.2',
    ]);
  });

  it('with a detector counts what it loses and invents', () => {
    const measures = { colour: 1, recallBefore: 1, recallAfter: 0.5, newDetections: 1 };
    expect(reasonsAgainst(measures, least)).toEqual([
      'the detector finds 0.50 of the objects, before 1.00',
      'the detector finds 1 object that is none',
    ]);
    expect(reasonsAgainst({ ...measures, recallAfter: 0.67, newDetections: 0 }, least)).toEqual([]);
  });
});
