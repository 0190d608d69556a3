import { writeFile } from 'node:fs/promises';
import { countLosses } from '../count-losses.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { imageNameOf } from '../image-name.js';
import { TextFile } from '../text-file.js';
import { toWholePixels } from '../whole-pixels.js';
import { labelCsvColumns, labelCsvLine } from './rows.js';

/** Writes LabelImg's CSV: `labels.csv`, `classes.txt` and `images/`. Edges are whole pixels, counted from 0. */
export function createLabelCsvWriter({ classes, path, placeImage, notes }: WriteRequest): FormatWriter {
  let file: TextFile | undefined;
  const open = async (): Promise<TextFile> => {
    if (!file) {
      file = new TextFile(await path('labels.csv'));
      await file.append(`${labelCsvColumns.join(',')}\n`);
    }
    return file;
  };
  return {
    async add(image) {
      const { record } = image;
      const csv = await open();
      countLosses(record, {}, 'LabelImg CSV', notes);
      const name = imageNameOf(record);
      if (record.objects.length === 0)
        notes.count(
          '{n} images without boxes are in no line of labels.csv: LabelImg CSV has a line a box',
          record.id,
        );
      for (const object of record.objects) {
        const box = toWholePixels(object.box, 'LabelImg CSV', record.id, notes);
        await csv.append(`${labelCsvLine(name, record.width, record.height, { ...object, box })}\n`);
      }
      await placeImage(`images/${name}`, image);
    },
    async finish() {
      await (await open()).finish();
      await writeFile(await path('classes.txt'), classes.map((name) => `${name}\n`).join(''));
    },
  };
}
