import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawDataset } from '../../../stages/preview/dataset-drawer.js';
import type { PreviewRequest } from '../../../stages/preview/drawer.js';
import { aDataset, anObject, aRecord } from '../../support/dataset-builder.js';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#000000' } })
    .png()
    .toBuffer();

async function preview(changes: Partial<PreviewRequest> = {}) {
  const images = new Map([
    ['wide', await blank(80, 40)],
    ['tall', await blank(40, 80)],
    ['none', await blank(40, 40)],
  ]);
  const wide = aRecord('wide', {
    width: 80,
    height: 40,
    objects: [anObject('person', [20, 10, 60, 30], { attributes: { pose: 'lying' } })],
    attributes: { camera: 1 },
  });
  const tall = aRecord('tall', {
    width: 40,
    height: 80,
    objects: [
      anObject('dog', [10, 10, 30, 70], {
        segmentation: { polygons: [[12, 12, 28, 12, 20, 60]] },
        keypoints: { nose: [20, 20, 2] },
        visibleFraction: 0.5,
      }),
    ],
    attributes: { camera: 2 },
  });
  const none = aRecord('none', { width: 40, height: 40, objects: [] });
  const artifact = await aDataset([wide, tall, none, aRecord('broken')], { images });
  const request: PreviewRequest = {
    count: 10,
    only: [],
    classes: [],
    where: [],
    doubtful: false,
    plain: false,
    tileWidthPx: 80,
    signal: new AbortController().signal,
  };
  return drawDataset(artifact, { ...request, ...changes });
}

async function brightPixels(image: Buffer | string): Promise<number> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let count = 0;
  for (let index = 0; index < data.length; index += info.channels)
    if ((data[index] ?? 0) + (data[index + 1] ?? 0) + (data[index + 2] ?? 0) > 90) count += 1;
  return count;
}

describe('the preview of a dataset', () => {
  it('has a square for each image, boxes drawn over, and says which cannot be read', async () => {
    const { tiles, total, legend } = await preview();
    expect(total).toBe(4);
    expect(tiles.map(({ label }) => label)).toEqual(['wide', 'tall', 'none', 'broken: cannot be read']);
    for (const { image } of tiles)
      expect(await sharp(image).metadata()).toMatchObject({ width: 80, height: 80 });
    expect(legend).toContain('(person, dog)');
    const [wide] = tiles;
    const [plain] = (await preview({ plain: true })).tiles;
    if (!wide || !plain) throw new Error('no tile');
    expect(await brightPixels(wide.image)).toBeGreaterThan((await brightPixels(plain.image)) + 100);
  });

  it('draws outlines and keypoints', async () => {
    const [tall] = (await preview({ only: ['tall'] })).tiles;
    if (!tall) throw new Error('no tile');
    // Inside the box and the outline, on no line: the outline's fill.
    const { data } = await sharp(tall.image)
      .extract({ left: 39, top: 28, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.max(...data)).toBeGreaterThan(20);
  });

  it.each([
    ['a class', { classes: ['dog'] }, ['tall']],
    ['one of two classes', { classes: ['dog', 'person'] }, ['wide', 'tall', 'broken: cannot be read']],
    ['an attribute of the image', { where: ['camera=1'] }, ['wide']],
    ['an attribute of an object', { where: ['pose=lying'] }, ['wide']],
    ['both', { classes: ['dog'], where: ['camera=1'] }, []],
    ['a name', { only: ['none'] }, ['none']],
    ['number', { count: 2 }, ['wide', 'none']],
  ])('is filtered by %s', async (_, changes, expected) => {
    expect((await preview(changes)).tiles.map(({ label }) => label)).toEqual(expected);
  });

  it.each([
    [
      { classes: ['dgo'] },
      'No picture has an object of the class "dgo"',
      'There are dog, person. Is "dog" meant?',
    ],
    [
      { where: ['camra=1'] },
      'No picture has the attribute "camra"',
      'There are camera, pose. Is "camera" meant?',
    ],
    [{ where: ['camera'] }, '--where camera is no condition', 'Write --where name=value.'],
    [{ where: ['camera=3'] }, 'No picture has the camera "3"', 'There are 1, 2. Is "1" meant?'],
    [{ only: ['wid'] }, 'There is no picture wid here', 'Did you mean wide?'],
    [
      { doubtful: true },
      'A dataset calls no image doubtful',
      'Put a `check` stage behind it to find faulty images and boxes.',
    ],
  ])('refuses %o with a way out', async (changes, message, hint) => {
    await expect(preview(changes)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      hint,
    });
  });
});
