import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxesFromMask } from '../../../../stages/annotate/boxes-from-mask.js';
import { maskComponents } from '../../../../stages/lib/imaging/mask-components.js';
import type { InstanceMask } from '../../../../stages/lib/imaging/masks.js';

/** A mask drawn with digits; a dot is nothing. */
function drawn(...rows: readonly string[]): InstanceMask {
  const width = rows[0]?.length ?? 0;
  const instances = Uint16Array.from(rows.join(''), (mark) => (mark === '.' ? 0 : Number(mark)));
  return { width, height: rows.length, instances };
}

/** The parts by flooding, pixel by pixel: slow and plain. */
function flooded({ width, height, instances }: InstanceMask): Map<number, number[]> {
  const seen = new Set<number>();
  const areas = new Map<number, number[]>();
  for (let start = 0; start < instances.length; start++) {
    const instance = instances[start] ?? 0;
    if (instance === 0 || seen.has(start)) continue;
    const waiting = [start];
    seen.add(start);
    let areaPx = 0;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      areaPx++;
      const x = at % width;
      const y = (at - x) / width;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const next = (y + dy) * width + x + dx;
          const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
          if (!inside || seen.has(next) || instances[next] !== instance) continue;
          seen.add(next);
          waiting.push(next);
        }
    }
    areas.set(instance, [...(areas.get(instance) ?? []), areaPx]);
  }
  for (const own of areas.values()) own.sort((a, b) => b - a);
  return areas;
}

it('parts that touch by an edge or a corner are one; the largest comes first', () => {
  const [one, two] = maskComponents(drawn('1..2', '.1.2', '...2', '1..2'));
  expect(one).toEqual({
    instance: 1,
    box: [0, 0, 2, 4],
    areaPx: 3,
    parts: [
      { box: [0, 0, 2, 2], areaPx: 2 },
      { box: [0, 3, 1, 4], areaPx: 1 },
    ],
  });
  expect(two).toMatchObject({ instance: 2, areaPx: 4, parts: [{ box: [3, 0, 4, 4] }] });
});

it('a ring that closes only in its last row is one part', () => {
  expect(maskComponents(drawn('1.1', '1.1', '111'))[0]?.parts).toHaveLength(1);
  expect(
    maskComponents(drawn('11111', '1...1', '1.2.1', '1...1', '11111')).map(({ parts }) => parts.length),
  ).toEqual([1, 1]);
});

it('any mask has the parts that flooding finds, and the boxes of the one-pass reader', () => {
  const masks = fc.integer({ min: 1, max: 12 }).chain((width) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: width, maxLength: width * 10 })
      .map((values): InstanceMask => {
        const height = Math.floor(values.length / width);
        return { width, height, instances: Uint16Array.from(values.slice(0, width * height)) };
      }),
  );
  fc.assert(
    fc.property(masks, (mask) => {
      const found = maskComponents(mask);
      expect(
        new Map(found.map(({ instance, parts }) => [instance, parts.map(({ areaPx }) => areaPx)])),
      ).toEqual(new Map([...flooded(mask)].sort(([a], [b]) => a - b)));
      expect(found.map(({ instance, box, areaPx }) => ({ instance, box, areaPx }))).toEqual(
        boxesFromMask(mask),
      );
    }),
  );
});
