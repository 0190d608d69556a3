import { writeFile } from 'node:fs/promises';
import { countLosses } from '../count-losses.js';
import { csvCell } from '../csv/rows.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { StemNames } from '../image-name.js';
import { TextFile } from '../text-file.js';
import { openImagesCells, openImagesHeader } from './boxes.js';

/**
 * Writes OpenImages' files: `annotations-bbox.csv`, `class-descriptions.csv`, `image-ids.csv` (all images, also those
 * without boxes) and `images/`. Class names stand for machine names.
 */
export function createOpenImagesWriter({ classes, path, placeImage, notes }: WriteRequest): FormatWriter {
  const names = new StemNames(notes);
  let files: { readonly boxes: TextFile; readonly ids: TextFile } | undefined;
  const open = async (): Promise<NonNullable<typeof files>> => {
    if (!files) {
      files = {
        boxes: new TextFile(await path('annotations-bbox.csv')),
        ids: new TextFile(await path('image-ids.csv')),
      };
      await files.boxes.append(`${openImagesHeader.join(',')}\n`);
      await files.ids.append('ImageID,Subset\n');
    }
    return files;
  };
  return {
    async add(image) {
      const { record } = image;
      const { boxes, ids } = await open();
      const { image: name, stem } = names.claim(record);
      const holds = { occluded: true, truncated: true, crowd: true, attributes: ['depiction', 'inside'] };
      countLosses(record, { ...holds, imageAttributes: ['split'] }, 'OpenImages', notes);
      if (record.objects.length === 0)
        notes.count(
          '{n} images without boxes stand in image-ids.csv alone: OpenImages has a line a box',
          record.id,
        );
      for (const object of record.objects)
        await boxes.append(`${openImagesCells(stem, object, record, object.class).map(csvCell).join(',')}\n`);
      const { split } = record.attributes;
      await ids.append(`${csvCell(stem)},${typeof split === 'string' ? csvCell(split) : ''}\n`);
      await placeImage(`images/${name}`, image);
    },
    async finish() {
      const { boxes, ids } = await open();
      await boxes.finish();
      await ids.finish();
      const descriptions = classes.map((name) => `${csvCell(name)},${csvCell(name)}\n`).join('');
      await writeFile(await path('class-descriptions.csv'), descriptions);
    },
  };
}
