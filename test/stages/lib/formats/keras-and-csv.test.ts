import { describe, expect, it } from 'vitest';
import { parseKerasLine } from '../../../../stages/lib/formats/keras/lines.js';
import { aFolder, blankImage, readFormat } from '../../../support/format-harness.js';

const classes = ['person', 'dog'];
const place = { file: 'train.txt', line: 3 };

describe('keras-yolo3 lines', () => {
  it.each([
    ['a.jpg 1,2,3,4,0 5,6,7,8,1', 'a.jpg', 2],
    ['my photos/a b, c.jpg 1,2,3,4,0', 'my photos/a b, c.jpg', 1],
    ['a.jpg', 'a.jpg', 0],
    ['1,2,3,4,5.jpg 1.5,2,3,4,0', '1,2,3,4,5.jpg', 1],
    ['a b,c,d,e,f.jpg', 'a b,c,d,e,f.jpg', 0],
  ])('%j names %j with %i boxes', (line, image, count) => {
    const parsed = parseKerasLine(line, classes, place);
    expect(parsed.image).toBe(image);
    expect(parsed.objects).toHaveLength(count);
  });

  it('edges are pixels as they stand, boxes keep their order', () => {
    expect(parseKerasLine('a.jpg 1,2,3,4,0 5,6,7,8,1', classes, place).objects).toEqual([
      { box: [1, 2, 3, 4], class: 'person' },
      { box: [5, 6, 7, 8], class: 'dog' },
    ]);
  });

  it.each([
    ['a.jpg 1,2,3,4,2', 'train.txt, line 3: the class is 2, but a number from 0 to 1 is expected.'],
    ['a.jpg 1,2,3,4,0,9', 'train.txt, line 3, "1,2,3,4,0,9": a box is xmin,ymin,xmax,ymax,class'],
    ['a.jpg 1,2,x,4,0', '"1,2,x,4,0": a box is'],
    ['a.jpg 1,2,,4,0', '"1,2,,4,0": a box is'],
  ])('%j is an error', (line, message) => {
    expect(() => parseKerasLine(line, classes, place)).toThrow(message);
  });

  it('without class names there is an error that says what to give', async () => {
    const folder = await aFolder({ 'train.txt': 'a.png 1,2,3,4,0\n', 'a.png': await blankImage(64, 48) });
    await expect(readFormat('keras', folder, { file: 'train.txt' })).rejects.toThrow(
      'nothing says what they mean',
    );
    const { records } = await readFormat('keras', folder, { file: 'train.txt', classes: 'x\n' });
    expect(records[0]?.objects).toEqual([{ box: [1, 2, 3, 4], class: 'x' }]);
  });
});

describe('LabelImg CSV', () => {
  const header = 'filename,width,height,class,xmin,ymin,xmax,ymax';
  const read = async (lines: readonly string[], changes: { pixels?: 'one-based'; classes?: string } = {}) => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({ 'l.csv': lines.join('\r\n'), 'a.png': png, 'b, c.png': png });
    return readFormat('csv', folder, { file: 'l.csv', ...changes });
  };

  it('the lines of an image need not follow each other, and edges are pixels as they stand', async () => {
    const lines = [
      header,
      'a.png,64,48,dog,1,2,3,4',
      '"b, c.png",64,48,cat,5,6,7,8',
      'a.png,64,48,"do, g",9,9,10,10',
    ];
    const { records, classes: found } = await read(lines);
    expect(found).toEqual(['cat', 'do, g', 'dog']);
    expect(
      records.map(({ id, objects }) => [id, objects.map((object) => [object.class, ...object.box])]),
    ).toEqual([
      [
        'a',
        [
          ['dog', 1, 2, 3, 4],
          ['do, g', 9, 9, 10, 10],
        ],
      ],
      ['b, c', [['cat', 5, 6, 7, 8]]],
    ]);
    const oneBased = await read(lines, { pixels: 'one-based' });
    expect(oneBased.records[0]?.objects[0]?.box).toEqual([0, 1, 3, 4]);
  });

  it.each([
    [
      [header, 'a.png,64,48,dog,1,2,3,4', 'a.png,64,47,dog,1,2,3,4'],
      'l.csv, line 3: a.png is 64 × 47 here, but 64 × 48 in line 2.',
    ],
    [[header, 'a.png,64,48,dog,1,2,3,'], 'l.csv, line 2: ymax is "", which is no number.'],
    [[header, 'a.png,64,48,,1,2,3,4'], 'l.csv, line 2: the class is empty.'],
    [
      [header.replace('ymax', 'y2'), 'a.png,64,48,dog,1,2,3,4'],
      'l.csv, line 1: the column "ymax" is missing.',
    ],
    [[header, 'c.png,64,48,dog,1,2,3,4'], 'l.csv, line 2: there is no image "c.png" below'],
  ])('a mistake says where it is (%#)', async (lines, message) => {
    await expect(read(lines)).rejects.toThrow(message);
  });
});
