import { describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { boxesAsSvg, drawBoxes } from '../../../../stages/lib/imaging/draw-boxes.js';
import { contactSheet } from '../../../../stages/lib/imaging/contact-sheet.js';

const grey = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();

async function pixel(image: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const start = (y * info.width + x) * info.channels;
  return [...data.subarray(start, start + 3)];
}

describe('drawing boxes', () => {
  test('the line runs along the edge of the box and leaves its inside as it was', async () => {
    const drawn = await drawBoxes(await grey(40, 30), [{ box: [10, 10, 30, 25], label: '', colour: 'red' }], {
      maxSidePx: 40,
    });
    expect(await pixel(drawn, 10, 15)).toEqual([255, 0, 0]);
    expect(await pixel(drawn, 20, 17)).toEqual([128, 128, 128]);
  });

  test('a large picture is scaled down together with its boxes, a small one is never scaled up', async () => {
    const boxes = [{ box: [20, 20, 60, 50] as [number, number, number, number], label: '', colour: 'red' }];
    const drawn = await drawBoxes(await grey(80, 60), boxes, { maxSidePx: 40 });
    expect(await sharp(drawn).metadata()).toMatchObject({ width: 40, height: 30 });
    expect(await pixel(drawn, 10, 17)).toEqual([255, 0, 0]);
    const small = await drawBoxes(await grey(20, 10), [], { maxSidePx: 40 });
    expect(await sharp(small).metadata()).toMatchObject({ width: 20, height: 10 });
  });

  test('a label cannot break out of the drawing', () => {
    const svg = boxesAsSvg([{ box: [0, 0, 5, 5], label: '<script>&', colour: '"/><x' }], {
      width: 10,
      height: 10,
      scale: 1,
    });
    expect(svg).toContain('&lt;script&gt;&amp;');
    expect(svg).not.toContain('"/><x');
  });
});

describe('a contact sheet', () => {
  test('sets the tiles in rows of the asked number of columns', async () => {
    const image = await grey(50, 50);
    const sheet = await contactSheet([{ image }, { image }, { image, label: 'third' }], {
      columns: 2,
      tileWidthPx: 50,
    });
    expect(await sharp(sheet).metadata()).toMatchObject({
      format: 'jpeg',
      width: 3 * 6 + 2 * 50,
      height: 3 * 6 + 2 * 66,
    });
  });

  test('without pictures is refused', async () => {
    await expect(contactSheet([], { columns: 2, tileWidthPx: 50 })).rejects.toThrow(RangeError);
  });
});
