import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { AnnotatedImage } from '../annotation.js';
import { countLosses } from '../count-losses.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { StemNames } from '../image-name.js';
import { subsetFileName } from '../subset-names.js';
import { TextFile } from '../text-file.js';
import { yoloLine } from './labels.js';

/**
 * Writes a folder that Darknet and Ultralytics read: `images/`, `labels/`, `classes.txt`, `data.yaml`, `darknet.data`,
 * and a list for each subset (`train.txt`, `val.txt`, `test.txt`; all images in train.txt where no record has `split`).
 * Lists and .data file name paths as seen from the folder.
 */
export function createYoloWriter(request: WriteRequest): FormatWriter {
  const { classes, notes } = request;
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const names = new StemNames(notes);
  const lists = new Map<string, TextFile>();
  const unsplit: string[] = [];

  async function list(image: AnnotatedImage['record'], name: string): Promise<void> {
    const { split } = image.attributes;
    const subset = subsetFileName(typeof split === 'string' && split !== '' ? split : 'train');
    if (split === undefined) unsplit.push(image.id);
    const file = lists.get(subset) ?? new TextFile(await request.path(`${subset}.txt`));
    lists.set(subset, file);
    await file.append(`./images/${name}\n`);
  }
  return {
    async add(image) {
      const { record } = image;
      const { image: name, stem } = names.claim(record);
      countLosses(record, { imageAttributes: ['split'] }, 'YOLO', notes);
      const lines = record.objects.map(
        (object) => `${yoloLine(object, indexOf.get(object.class) ?? -1, record)}\n`,
      );
      await writeFile(await request.path(`labels/${stem}.txt`), lines.join(''));
      await list(record, name);
      await request.placeImage(`images/${name}`, image);
    },
    async finish() {
      if (unsplit[0] !== undefined && lists.size > 1)
        notes.count('{n} images are in no subset and are listed in train.txt', unsplit[0], unsplit.length);
      for (const file of lists.values()) await file.finish();
      await writeFile(await request.path('classes.txt'), classes.map((name) => `${name}\n`).join(''));
      const yaml = {
        ...Object.fromEntries(
          ['train', 'val', 'test'].flatMap((name) => (lists.has(name) ? [[name, `${name}.txt`]] : [])),
        ),
        nc: classes.length,
        names: new Map(classes.entries()),
      };
      await writeFile(await request.path('data.yaml'), stringify(yaml));
      const data = [
        `classes = ${classes.length}`,
        ...(lists.has('train') ? ['train = train.txt'] : []),
        ...(lists.has('val') ? ['valid = val.txt'] : []),
        'names = classes.txt',
        'backup = backup',
      ];
      await writeFile(await request.path('darknet.data'), `${data.join('\n')}\n`);
    },
  };
}
