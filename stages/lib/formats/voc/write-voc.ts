import { writeFile } from 'node:fs/promises';
import { countLosses, type Holdings } from '../count-losses.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { StemNames } from '../image-name.js';
import { subsetFileName } from '../subset-names.js';
import { TextFile } from '../text-file.js';
import { formatVoc } from './annotation.js';

const holds: Holdings = {
  truncated: true,
  occluded: true,
  difficult: true,
  attributes: true,
  imageAttributes: ['split'],
};

/**
 * Writes a Pascal VOC folder: `Annotations/`, `JPEGImages/`, `ImageSets/Main/` with a list for each value of the
 * attribute `split` and `default.txt` for all, and `labels.txt` with the classes. Pixels are one-based and whole.
 */
export function createVocWriter({ path, placeImage, classes, notes }: WriteRequest): FormatWriter {
  const names = new StemNames(notes);
  const lists = new Map<string, TextFile>();
  async function list(set: string, stem: string): Promise<void> {
    const file = lists.get(set) ?? new TextFile(await path(`ImageSets/Main/${set}.txt`));
    lists.set(set, file);
    await file.append(`${stem}\n`);
  }
  return {
    async add(image) {
      const { record } = image;
      const { image: name, stem } = names.claim(record);
      countLosses(record, holds, 'Pascal VOC', notes);
      await writeFile(await path(`Annotations/${stem}.xml`), formatVoc(record, name, 'one-based', notes));
      const { split } = record.attributes;
      await list('default', stem);
      if (typeof split === 'string' && split !== '') await list(subsetFileName(split), stem);
      await placeImage(`JPEGImages/${name}`, image);
    },
    async finish() {
      for (const file of lists.values()) await file.finish();
      await writeFile(await path('labels.txt'), classes.map((name) => `${name}\n`).join(''));
    },
  };
}
