import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStatistics } from '../../../../../stages/lib/dataset/statistics/compare.js';
import { colourStatistics } from '../../../../../stages/lib/dataset/statistics/colour-statistics.js';
import {
  mapSide,
  StatisticsBuilder,
  type DatasetStatistics,
} from '../../../../../stages/lib/dataset/statistics/dataset-statistics.js';
import {
  addTo,
  distanceBetween,
  emptyHistogram,
  evenBounds,
} from '../../../../../stages/lib/dataset/statistics/histogram.js';
import type { DatasetRecord } from '../../../../../stages/lib/dataset/record.js';
import { anObject, aRecord } from '../../../../support/dataset-builder.js';

function statisticsOf(records: readonly DatasetRecord[], classes = ['person', 'dog']): DatasetStatistics {
  const builder = new StatisticsBuilder(classes);
  for (const record of records) builder.add(record);
  return builder.finish();
}

describe('histograms', () => {
  it('count every value once: below the first bound in the first bin, above the last in the last', () => {
    const histogram = emptyHistogram(evenBounds(0, 1, 4));
    for (const value of [-1, 0, 0.24, 0.25, 0.99, 7]) addTo(histogram, value);
    expect(histogram).toEqual({ bounds: [0, 0.25, 0.5, 0.75], counts: [3, 1, 0, 2] });
  });

  it('a distance is between 0 and 1, 0 to itself at any scale, the same both ways', () => {
    const counts = fc
      .array(fc.nat(50), { minLength: 4, maxLength: 4 })
      .filter((all) => all.some((n) => n > 0));
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const distance = distanceBetween(a, b) ?? NaN;
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1 + 1e-12);
        expect(distanceBetween(b, a)).toBeCloseTo(distance, 12);
        expect(
          distanceBetween(
            a,
            a.map((n) => 3 * n),
          ),
        ).toBeCloseTo(0, 12);
      }),
    );
    expect(distanceBetween([5, 0], [0, 2])).toBe(1);
    expect(distanceBetween([0, 0], [0, 2])).toBeUndefined();
  });
});

describe('the statistics of a dataset', () => {
  const records = [
    aRecord('a', {
      width: 100,
      height: 100,
      objects: [
        anObject('person', [0, 0, 50, 50], { visibleFraction: 0.45, truncated: true }),
        anObject('dog', [0, 0, 100, 25], { crowd: true, occluded: true, difficult: true }),
      ],
      source: { dataset: 'home', group: 'g' },
    }),
    aRecord('b', { width: 200, height: 100, objects: [], source: { dataset: 'home', group: 'g' } }),
    aRecord('c', { width: 100, height: 100, objects: [anObject('person', [10, 10, 20, 20])] }),
  ];

  it('count images, objects, classes, sizes and marks', () => {
    const statistics = statisticsOf(records);
    expect(statistics.images).toEqual({
      count: 3,
      empty: 1,
      groups: 2,
      sources: { home: 2, test: 1 },
      sizes: [
        { size: '100 × 100', images: 2 },
        { size: '200 × 100', images: 1 },
      ],
    });
    expect(statistics.objects).toEqual({
      count: 3,
      crowds: 1,
      truncated: 1,
      occluded: 1,
      difficult: 1,
      visibilityKnown: 1,
      small: 1,
      medium: 2,
      large: 0,
    });
    expect(statistics.classes).toEqual([
      { name: 'person', objects: 2, images: 2, medianSize: 0.5 },
      { name: 'dog', objects: 1, images: 1, medianSize: 0.5 },
    ]);
    expect(statistics.perImage.counts.slice(0, 3)).toEqual([1, 1, 1]);
    expect(statistics.visibility.counts[4]).toBe(1);
    // 0 for the squares, 2 for the box four times as wide as high.
    expect(
      statistics.aspect.counts.flatMap((n, bin) => (n > 0 ? [[statistics.aspect.bounds[bin], n]] : [])),
    ).toEqual([
      [0, 2],
      [2, 1],
    ]);
  });

  it('the map of places has as much on it as the boxes cover of the image', () => {
    const [one] = records;
    if (!one) throw new Error('no record');
    const { positions } = statisticsOf([one]);
    const cells = mapSide * mapSide;
    expect(positions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.5 * cells, 6);
    expect(positions[0]).toBe(2);
    expect(positions[cells - 1]).toBe(0);
  });

  it('boxes outside the image and inverted ones do no harm', () => {
    const odd = aRecord('odd', {
      objects: [anObject('person', [-50, -50, 500, 500]), anObject('dog', [9, 9, 1, 1])],
    });
    const { positions, objects } = statisticsOf([odd]);
    expect(positions.every((value) => value === 1)).toBe(true);
    expect(objects.count).toBe(2);
  });

  it('a dataset is at no distance from itself, and another is told apart where it differs', () => {
    const one = statisticsOf(records);
    for (const { respect, distance } of compareStatistics(one, one))
      expect([respect, distance ?? 0]).toEqual([respect, 0]);
    const dogs = statisticsOf([aRecord('x', { objects: [anObject('dog', [60, 60, 90, 75])] })]);
    const distances = new Map(
      compareStatistics(one, dogs).map(({ respect, distance }) => [respect, distance]),
    );
    expect(distances.get('classes')).toBeCloseTo(2 / 3, 12);
    expect(distances.get('visible share')).toBeUndefined();
    expect(distances.get('brightness')).toBeUndefined();
  });
});

describe('the colours of images', () => {
  it('of files that cannot be read are counted apart', async () => {
    const colours = await colourStatistics(['/nowhere.png'], { signal: new AbortController().signal });
    expect(colours).toMatchObject({ images: 0, unreadable: 1, mean: [0, 0, 0] });
  });
});
