import { describe, expect, it } from 'vitest';
import { aFolder, blankImage, readFormat } from '../../../support/format-harness.js';

const png = await blankImage(64, 48);
const header = 'filename,width,height,class,xmin,ymin,xmax,ymax\n';

describe('boxes in other units than their format has', () => {
  it('pixels in YOLO labels are an error with file and line count', async () => {
    const files = { 'images/a.png': png, 'classes.txt': 'person\n' };
    await expect(
      readFormat('yolo', await aFolder({ ...files, 'labels/a.txt': '0 20 24 10 12\n' })),
    ).rejects.toThrow('labels/a.txt: a box reaches to 30 times the image’s side');
    const { records } = await readFormat(
      'yolo',
      await aFolder({ ...files, 'labels/a.txt': '0 0.9 0.5 0.4 0.4\n' }),
    );
    expect(records[0]?.objects[0]?.box[2]).toBeCloseTo(1.1 * 64);
  });

  it('shares in a file of pixels are an error, one small box of whole pixels is none', async () => {
    const read = async (line: string) =>
      readFormat(
        'csv',
        await aFolder({ 'l.csv': `${header}a.png,64,48,dog,${line}\n`, 'images/a.png': png }),
        {
          file: 'l.csv',
          images: 'images',
        },
      );
    await expect(read('0.1,0.2,0.75,1')).rejects.toThrow(
      'No box reaches beyond pixel 1, so they look normalised to 0–1, not in pixels.',
    );
    expect((await read('0,0,1,2')).records).toHaveLength(1);
    expect((await read('0.5,0.5,30,2')).records).toHaveLength(1);
  });
});
