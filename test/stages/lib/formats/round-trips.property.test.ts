import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ObjectRecord } from '../../../../stages/lib/dataset/record.js';
import type { ImageRecord } from '../../../../stages/lib/formats/annotation.js';
import { formatNames, type FormatName } from '../../../../stages/lib/formats/format-names.js';
import { aFolder, anImage, readWritten, writeFormat } from '../../../support/format-harness.js';

const classes = ['person', 'tea cup', 'Knife & fork, "set"', 'Größe <M>'];
const sizes = [
  [64, 48],
  [31, 97],
] as const;

const flag = fc.option(fc.boolean(), { nil: undefined });
const point = (width: number, height: number) =>
  fc.tuple(fc.double({ min: 0, max: width, noNaN: true }), fc.double({ min: 0, max: height, noNaN: true }));

function anyObject(width: number, height: number): fc.Arbitrary<ObjectRecord> {
  const box = fc
    .tuple(point(width, height), point(width, height))
    .map(([[ax, ay], [bx, by]]): ObjectRecord['box'] => [
      Math.min(ax, bx),
      Math.min(ay, by),
      // Where all boxes end within two pixels of the corner, readers ask whether they are shares of 0–1.
      Math.max(ax, bx, 3),
      Math.max(ay, by),
    ]);
  const keypoints = fc
    .tuple(point(width, height), fc.constantFrom(1 as const, 2 as const))
    .map(([[x, y], seen]) => ({ nose: [x, y, seen] as [number, number, 1 | 2] }));
  return fc
    .record({
      box,
      class: fc.constantFrom(...classes),
      visibleFraction: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      truncated: flag,
      occluded: flag,
      difficult: flag,
      crowd: flag,
      areaPx: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
      amodalBox: fc.option(box, { nil: undefined }),
      segmentation: fc.option(
        fc
          .array(point(width, height), { minLength: 3, maxLength: 5 })
          .map((points) => ({ polygons: [points.flat()] })),
        { nil: undefined },
      ),
      keypoints: fc.option(keypoints, { nil: undefined }),
      attributes: fc.option(
        fc.record({
          depiction: fc.boolean(),
          shirt: fc.constantFrom('red', 'a & b', '0815'),
          age: fc.integer(),
        }),
        { nil: undefined },
      ),
    })
    .map((object) => known(object) as ObjectRecord);
}

/** Without what is undefined: what is not known is absent. */
function known(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

const anyImages: fc.Arbitrary<ImageRecord[]> = fc
  .array(
    fc.constantFrom(...sizes).chain(([width, height]) =>
      fc.record({
        size: fc.constant({ width, height }),
        name: fc.constantFrom('plain', 'with space', 'deep/er/one', 'dotted.name', 'ümläut', "quo'te"),
        objects: fc.array(anyObject(width, height), { maxLength: 4 }),
        split: fc.constantFrom('train', 'validation', 'test'),
      }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((images) =>
    images.map(({ size, name, objects, split }, index) =>
      anImage(`${name}${index}`, { ...size, objects, attributes: { split } }),
    ),
  );

/** By how much an edge may differ after a round trip, in pixels of images of at most 97. */
const precisionPx: Readonly<Record<FormatName, number>> = {
  coco: 1e-9,
  darkroom: 0,
  // A millionth of the image's side: what is so near to the border belongs to it.
  yolo: 97e-6,
  openimages: 97e-6,
  tfrecord: 97e-6,
  // Whole pixels: half of one, or one where a box would vanish.
  voc: 1,
  csv: 1,
  keras: 1,
};

/** What of an object each format brings back. */
const flags = ['truncated', 'occluded', 'difficult', 'crowd'] as const;
const held: Readonly<Record<FormatName, readonly (keyof ObjectRecord)[]>> = {
  darkroom: ['visibleFraction', ...flags, 'areaPx', 'amodalBox', 'segmentation', 'keypoints', 'attributes'],
  coco: ['visibleFraction', 'truncated', 'occluded', 'difficult', 'attributes'],
  voc: ['truncated', 'occluded', 'difficult', 'attributes'],
  tfrecord: [...flags, 'areaPx'],
  openimages: ['truncated', 'occluded', 'crowd'],
  yolo: [],
  keras: [],
  csv: [],
};

/** Formats that have a line a box cannot name an image without boxes. */
const dropsEmptyImages: ReadonlySet<FormatName> = new Set(['csv']);
const keepsSplit: ReadonlySet<FormatName> = new Set(['coco', 'darkroom', 'voc', 'yolo', 'openimages']);

describe.each(formatNames)('%s', (format) => {
  it('brings back every image and every box within its precision, and all that it can hold', async () => {
    await fc.assert(
      fc.asyncProperty(anyImages, async (images) => {
        const folder = await aFolder();
        await writeFormat(format, folder, classes, images, 2);
        const back = await readWritten(format, folder);
        await rm(folder, { recursive: true, force: true });
        expect(back.classes).toEqual(
          format === 'openimages'
            ? classes.filter((name) =>
                images.some(({ objects }) => objects.some((object) => object.class === name)),
              )
            : classes,
        );
        const expected = images.filter(({ objects }) => objects.length > 0 || !dropsEmptyImages.has(format));
        expect(back.records.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
        for (const image of expected) {
          const found = back.records.find(({ id }) => id === image.id);
          expect(found).toMatchObject({ image: image.image, width: image.width, height: image.height });
          expect(found?.objects.length).toBe(image.objects.length);
          if (keepsSplit.has(format) && !(format === 'yolo' && onlyOneSplit(images)))
            expect(found?.attributes).toEqual(image.attributes);
          for (const [index, object] of image.objects.entries()) {
            const other = found?.objects[index];
            expect(other?.class).toBe(object.class);
            for (const [edge, value] of object.box.entries())
              expect(Math.abs((other?.box[edge] ?? NaN) - value)).toBeLessThanOrEqual(precisionPx[format]);
            for (const property of held[format])
              if (property !== 'amodalBox' || format === 'darkroom')
                expect({ [property]: other?.[property] }).toEqual({ [property]: object[property] });
          }
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('writes the same files again from what it read', async () => {
    const objects: ObjectRecord[] = [
      { box: [1.25, 2, 30.5, 40], class: 'person', truncated: true, areaPx: 17 },
      { box: [0, 0, 64, 48], class: 'tea cup', difficult: true },
    ];
    const first = await aFolder();
    const splits = ['train', 'test'].map((split, index) =>
      anImage(`i${index}`, { objects, attributes: { split } }),
    );
    await writeFormat(format, first, classes, splits);
    const once = await readWritten(format, first);
    const second = await aFolder();
    const losses = await writeFormat(format, second, once.classes, once.records);
    const twice = await readWritten(format, second);
    expect(twice).toMatchObject({ classes: once.classes, records: once.records });
    // What came out of the format fits into it.
    expect(losses.filter((loss) => !loss.includes('group'))).toEqual([]);
  });
});

function onlyOneSplit(images: readonly ImageRecord[]): boolean {
  return new Set(images.map(({ attributes }) => attributes['split'])).size === 1;
}
