import { writeFile } from 'node:fs/promises';
import { countLosses } from '../count-losses.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { imageNameOf } from '../image-name.js';
import { subsetFileName } from '../subset-names.js';
import { TextFile } from '../text-file.js';
import { toWholePixels } from '../whole-pixels.js';
import { formatKerasLine } from './lines.js';

/**
 * Writes keras-yolo3 lines: `annotations.txt` with all images, a file for each value of the attribute `split`
 * (`train.txt`, `val.txt`, …), `classes.txt` and `images/`. Paths start from the folder.
 */
export function createKerasWriter({ classes, path, placeImage, notes }: WriteRequest): FormatWriter {
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const lists = new Map<string, TextFile>();
  async function list(name: string, line: string): Promise<void> {
    const file = lists.get(name) ?? new TextFile(await path(name));
    lists.set(name, file);
    await file.append(`${line}\n`);
  }
  return {
    async add(image) {
      const { record } = image;
      countLosses(record, { imageAttributes: ['split'] }, 'keras-yolo3', notes);
      const name = `images/${imageNameOf(record)}`;
      const boxes = record.objects.map((object) => ({
        box: toWholePixels(object.box, 'keras-yolo3', record.id, notes),
        classIndex: indexOf.get(object.class) ?? -1,
      }));
      const line = formatKerasLine(name, boxes);
      await list('annotations.txt', line);
      const { split } = record.attributes;
      if (typeof split === 'string' && split !== '') await list(`${subsetFileName(split)}.txt`, line);
      await placeImage(name, image);
    },
    async finish() {
      for (const file of lists.values()) await file.finish();
      await writeFile(await path('classes.txt'), classes.map((name) => `${name}\n`).join(''));
    },
  };
}
