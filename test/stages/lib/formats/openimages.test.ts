import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  objectOfOpenImages,
  openImagesCells,
  openImagesHeader,
  readOpenImagesBoxes,
  type OpenImagesBox,
} from '../../../../stages/lib/formats/openimages/boxes.js';
import {
  readClassDescriptions,
  readOpenImagesImages,
} from '../../../../stages/lib/formats/openimages/tables.js';

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

const header =
  'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside';
const read = (...lines: string[]): Promise<OpenImagesBox[]> =>
  all(readOpenImagesBoxes(Readable.from([`${lines.join('\n')}\n`]), 'boxes.csv'));

describe('OpenImages boxes', () => {
  it('are read from the published columns, in pixels of the image, with every flag', async () => {
    const [box] = await read(header, '000a,xclick,/m/04,1,0.25,0.5,0.1,0.9,1,0,1,0,-1');
    if (!box) throw new Error('no box');
    expect(objectOfOpenImages(box, { width: 400, height: 200 }, 'Bus')).toEqual({
      box: [100, 20, 200, 180],
      class: 'Bus',
      occluded: true,
      truncated: false,
      crowd: true,
      attributes: { depiction: false },
    });
  });

  it('columns may stand in another order, and further ones are passed over', async () => {
    const [box] = await read('YMax,XClick1X,LabelName,XMin,XMax,YMin,ImageID', '0.4,7,/m/04,0.1,0.2,0.3,x');
    expect(box).toMatchObject({ imageId: 'x', boxNormalised: [0.1, 0.3, 0.2, 0.4], occluded: undefined });
  });

  it('mistakes name the file and the line', async () => {
    await expect(read('ImageID,Label_Name,XMin,XMax,YMin,YMax')).rejects.toThrow(
      'boxes.csv, line 1: the column "LabelName" is missing. Is it called "Label_Name"?',
    );
    const row = 'a,s,/m/1,1,0,1,0,1,0,0,0,0,0';
    await expect(read(header, row, row.replace('1,0,1,0,1', '1,0,wide,0,1'))).rejects.toThrow(
      'boxes.csv, line 3: XMax is "wide", which is no number.',
    );
    await expect(read(header, 'a,s,/m/1,1,0,1,0,1,yes,0,0,0,0')).rejects.toThrow('IsOccluded is "yes"');
    await expect(read(header, 'a,s,/m/1')).rejects.toThrow(
      'boxes.csv, line 2: the line has 3 cells, but the first one has 13.',
    );
    await expect(read()).rejects.toThrow('boxes.csv: the file is empty.');
  });

  it('come back as they were written, within a millionth of the image’s side', async () => {
    const flag = fc.constantFrom(true, false, undefined);
    const coordinate = fc.double({ min: -20, max: 9000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(coordinate, coordinate, coordinate, coordinate),
        fc.record({ occluded: flag, truncated: flag, crowd: flag }),
        fc.integer({ min: 1, max: 8192 }),
        async (box, flags, width) => {
          const size = { width, height: 1000 };
          const known = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
          const object = { box, class: 'Tea cup', ...known, attributes: { inside: true } };
          const [again] = await read(
            openImagesHeader.join(','),
            openImagesCells('i', object, size, '/m/9').join(','),
          );
          if (!again) throw new Error('no box');
          const back = objectOfOpenImages(again, size, 'Tea cup');
          for (const [index, value] of back.box.entries())
            expect(Math.abs(value - (box[index] ?? NaN))).toBeLessThanOrEqual(1e-6 * Math.max(width, 1000));
          expect({ ...back, box }).toEqual(object);
        },
      ),
    );
  });
});

describe('OpenImages tables', () => {
  it('class descriptions are read with and without a header line', async () => {
    for (const first of ['', 'LabelName,DisplayName\n']) {
      const classes = await readClassDescriptions(`${first}/m/1,Person\n/m/2,"Knife, fork"\n`, 'classes.csv');
      expect([...classes.nameOfLabel]).toEqual([
        ['/m/1', 'Person'],
        ['/m/2', 'Knife, fork'],
      ]);
      expect(classes.labelOfName.get('Person')).toBe('/m/1');
    }
    await expect(readClassDescriptions('/m/1,A\n/m/1,B\n', 'classes.csv')).rejects.toThrow(
      'classes.csv, line 2: "/m/1" stands there twice.',
    );
  });

  it('images keep their subset, size and rotation', async () => {
    const text =
      'ImageID,Subset,OriginalURL,OriginalSize,OriginalMD5,Rotation\na,train,https://x/y.jpg,812,q==,180.0\nb,,,,,NaN\n';
    const [a, b] = await all(readOpenImagesImages(text, 'images.csv'));
    expect(a).toMatchObject({ imageId: 'a', subset: 'train', originalBytes: 812, rotationDegrees: 180 });
    expect(b).toMatchObject({ imageId: 'b', subset: undefined, rotationDegrees: undefined });
  });
});
