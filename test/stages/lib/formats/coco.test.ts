import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOfRuns, compressRuns, expandRuns } from '../../../../stages/lib/formats/coco/run-lengths.js';
import { xywhOfBox } from '../../../../stages/lib/formats/coco/objects.js';
import {
  aFolder,
  anImage,
  blankImage,
  readFormat,
  readWritten,
  writeFormat,
} from '../../../support/format-harness.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const image = { id: 7, file_name: 'a.png', width: 64, height: 48 };
const category = { id: 18, name: 'dog' };

async function read(content: object, images: readonly string[] = ['a.png']) {
  const png = await blankImage(64, 48);
  const folder = await aFolder({
    'instances.json': JSON.stringify(content, null, 1),
    ...Object.fromEntries(images.map((name) => [name, png])),
  });
  return readFormat('coco', folder, { file: 'instances.json' });
}
const annotation = (changes: object) => ({
  id: 1,
  image_id: 7,
  category_id: 18,
  bbox: [1, 2, 3, 4],
  ...changes,
});

describe('COCO', () => {
  it('keeps crowds, areas, polygons, run lengths, keypoints and attributes, whatever the order of the lists', async () => {
    const { records, classes } = await read({
      annotations: [
        annotation({ iscrowd: 0, area: 9.5, segmentation: [[1, 2, 4, 2, 4, 6]] }),
        annotation({ iscrowd: 1, segmentation: { size: [48, 64], counts: [50, 4, 44, 4, 2970] } }),
        annotation({
          category_id: 1,
          keypoints: [5, 6, 2, 0, 0, 0],
          attributes: { occluded: true, coat: 'red', x: [1] },
        }),
      ],
      categories: [category, { id: 1, name: 'person', keypoints: ['nose', 'left_eye'] }],
      images: [image],
    });
    expect(classes).toEqual(['dog', 'person']);
    expect(records).toHaveLength(1);
    expect(records[0]?.objects).toEqual([
      {
        box: [1, 2, 4, 6],
        class: 'dog',
        crowd: false,
        areaPx: 9.5,
        segmentation: { polygons: [[1, 2, 4, 2, 4, 6]] },
      },
      {
        box: [1, 2, 4, 6],
        class: 'dog',
        crowd: true,
        segmentation: { rle: { size: [48, 64], counts: compressRuns([50, 4, 44, 4, 2970]) } },
      },
      {
        box: [1, 2, 4, 6],
        class: 'person',
        occluded: true,
        keypoints: { nose: [5, 6, 2], left_eye: [0, 0, 0] },
        attributes: { coat: 'red' },
      },
    ]);
  });

  it('a box that is missing is that of the outline', async () => {
    const outlines = [[[1, 2, 4, 2, 4, 6]], { size: [48, 64], counts: [50, 4, 44, 4, 2970] }];
    const { records } = await read({
      images: [image],
      categories: [category],
      annotations: outlines.map((segmentation) => annotation({ bbox: undefined, segmentation })),
    });
    expect(records[0]?.objects.map(({ box }) => box)).toEqual([
      [1, 2, 4, 6],
      [1, 2, 3, 6],
    ]);
  });

  it('category ids are mapped by the list: gaps, 0 and any order do no harm, and written ids begin at 1', async () => {
    const { records, classes } = await read({
      images: [image],
      categories: [
        { id: 90, name: 'z' },
        { id: 0, name: 'a' },
      ],
      annotations: [annotation({ category_id: 0 }), annotation({ category_id: 90 })],
    });
    expect(classes).toEqual(['z', 'a']);
    expect(records[0]?.objects.map((object) => object.class)).toEqual(['a', 'z']);
    const folder = await aFolder();
    await writeFormat('coco', folder, classes, records);
    const written = JSON.parse(await readFile(join(folder, 'annotations/instances.json'), 'utf8')) as {
      images: { id: number }[];
      categories: { id: number; name: string }[];
      annotations: { category_id: number; id: number; image_id: number }[];
    };
    expect(written.categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'z'],
      [2, 'a'],
    ]);
    expect(written.annotations.map(({ category_id }) => category_id)).toEqual([2, 1]);
    expect(written.images[0]?.id).toBe(1);
  });

  it('annotations of images that the file does not list are counted', async () => {
    const { notes } = await read({
      images: [image],
      categories: [category],
      annotations: [annotation({}), annotation({ image_id: 8 }), annotation({ image_id: 8 })],
    });
    expect(notes.join()).toContain(
      '2 annotations are left out because they are of images that the file does not list',
    );
  });

  it.each([
    [
      { annotations: [annotation({ category_id: 3 })] },
      /annotations\[0\]: category_id 3 is none of the file’s categories/,
    ],
    [
      { annotations: [annotation({ bbox: [1, 2, 3] })] },
      /instances.json, line \d+, annotations\[0\]: not as COCO has it: bbox/,
    ],
    [
      { annotations: [annotation({ bbox: undefined })] },
      /annotations\[0\]: the annotation has neither a bbox nor an outline/,
    ],
    [{ annotations: [annotation({ segmentation: [[1, 2, 3]] })] }, /a polygon has 3 numbers/],
    [
      { annotations: [annotation({ segmentation: { size: [1, 1], counts: '\u0001' } })] },
      /not in COCO’s compressed/,
    ],
    [{ images: [image, image] }, /images\[1\]: the id 7 stands there twice/],
    [
      { images: [image, { ...image, id: 8 }] },
      /the image a.png is annotated a second time; instances.json, line \d+, images\[0\]/,
    ],
    [
      { images: [{ ...image, file_name: 'b.png' }] },
      /images\[0\]: there is no image "b.png" below .*Is "a.png" meant\?/,
    ],
    [{ images: [{ ...image, width: 60 }] }, /the image is 64 × 48, but annotated as 60 × 48/],
    [{ categories: undefined }, /the file has no categories/],
  ])('a mistake says where it is (%#)', async (wrong, message) => {
    await expect(
      read({ images: [image], categories: [category], annotations: [], ...wrong }),
    ).rejects.toThrow(message);
  });

  it('a scene that knows some of the 17 points writes all of them, and reads its own back', async () => {
    const keypoints = { left_wrist: [5, 6, 2] as [number, number, 2] };
    const folder = await aFolder();
    await writeFormat(
      'coco',
      folder,
      ['person'],
      [anImage('a', { objects: [{ box: [0, 0, 9, 9], class: 'person', keypoints }] })],
    );
    const { records } = await readWritten('coco', folder);
    expect(Object.keys(records[0]?.objects[0]?.keypoints ?? {})).toHaveLength(17);
    expect(records[0]?.objects[0]?.keypoints).toMatchObject(keypoints);
  });

  it('widths are written with few digits, and still bring the same edge back', () => {
    expect(xywhOfBox([0.1, 10, 57.4, 20.5])).toEqual([0.1, 10, 57.3, 10.5]);
    const edge = fc.double({ min: -1000, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(edge, edge, (from, to) => {
        const [x, , width] = xywhOfBox([from, 0, to, 1]);
        expect(Math.abs(x + width - to)).toBeLessThanOrEqual(
          1e-11 * Math.max(1, Math.abs(to), Math.abs(from)),
        );
      }),
    );
  });
});

describe('run lengths', () => {
  it('are compressed as pycocotools does it', () => {
    expect(compressRuns([4])).toBe('4');
    expect(compressRuns([1, 3])).toBe('13');
    expect(compressRuns([32])).toBe('P1');
    // The fourth number is the difference to the second: 2 − 9 = −7.
    expect(compressRuns([3, 9, 5, 2])).toBe('395I');
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50_000_000 })), (runs) => {
        expect(expandRuns(compressRuns(runs))).toEqual(runs);
      }),
    );
  });

  it('have the box of the mask that they are of', () => {
    const size = { height: 5, width: 6 };
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (mask) => {
        const runs: number[] = [];
        let value = false;
        for (const pixel of mask) {
          if (runs.length === 0) runs.push(0);
          if (pixel !== value) {
            runs.push(0);
            value = pixel;
          }
          runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
        }
        const ones = mask.flatMap((pixel, at) =>
          pixel ? [[Math.floor(at / size.height), at % size.height]] : [],
        );
        const xs = ones.map(([x = 0]) => x);
        const ys = ones.map(([, y = 0]) => y);
        expect(boxOfRuns(runs, size.height)).toEqual(
          ones.length === 0
            ? undefined
            : [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1],
        );
      }),
    );
  });
});
