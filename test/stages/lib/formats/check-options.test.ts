import { describe, expect, it } from 'vitest';
import { checkWriteOptions } from '../../../../stages/lib/formats/check-options.js';
import { aFolder, anImage, readFormat, readWritten, writeFormat } from '../../../support/format-harness.js';

describe('options of formats', () => {
  it('one that would do nothing is an error', async () => {
    const folder = await aFolder();
    const images = ['train', 'validation'].map((split) => anImage(split, { attributes: { split } }));
    await writeFormat('coco', folder, ['dog'], images);
    const file = 'annotations/instances.json';
    await expect(readFormat('coco', folder, { file, pixels: 'one-based' })).rejects.toThrow(
      'pixels does nothing for coco: it is about voc and csv.',
    );
    await expect(readFormat('coco', folder, { file, classes: 'cat' })).rejects.toThrow(
      'classes does nothing for coco',
    );
    await expect(readFormat('csv', folder, { subset: 'train' })).rejects.toThrow(
      'subset does nothing for csv',
    );
    expect(() => checkWriteOptions('voc', { shards: 2 })).toThrow('shards does nothing for voc');
  });

  it('a subset of COCO or of a dataset of ours is told by the attribute split', async () => {
    for (const format of ['coco', 'darkroom'] as const) {
      const folder = await aFolder();
      const images = ['train', 'validation'].map((split) => anImage(split, { attributes: { split } }));
      await writeFormat(format, folder, ['dog'], images);
      const where = format === 'coco' ? { file: 'annotations/instances.json', images: 'images' } : {};
      expect((await readWritten(format, folder)).records).toHaveLength(2);
      const { records } = await readFormat(format, folder, { ...where, subset: 'val' });
      expect(records.map(({ id }) => id)).toEqual(['validation']);
      await expect(readFormat(format, folder, { ...where, subset: 'test' })).rejects.toThrow(
        'No image is in the subset "test"',
      );
    }
  });
});
