import { readFile, writeFile } from 'node:fs/promises';
import type { DatasetHeader, DatasetRecord } from '../../dataset/record.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { TextFile } from '../text-file.js';
import { digestOfBytes } from '../../../../pipeline/core/digest.js';

/** Writes a folder with a dataset of ours: `dataset.json`, `records.jsonl`, `images/`. Nothing is lost. */
export function createDarkroomWriter({ classes, path, placeImage }: WriteRequest): FormatWriter {
  let file: TextFile | undefined;
  let [imageCount, objectCount] = [0, 0];
  return {
    async add(image) {
      const { record, content } = image;
      file ??= new TextFile(await path('records.jsonl'));
      const bytes = content.type === 'file' ? await readFile(content.path) : content.bytes;
      const { id, image: name, ...rest } = record;
      const written: DatasetRecord = {
        id,
        image: name,
        imageDigest: digestOfBytes(bytes),
        imageBytes: bytes.length,
        ...rest,
      };
      await file.append(`${JSON.stringify(written)}\n`);
      await placeImage(name, image);
      imageCount += 1;
      objectCount += record.objects.length;
    },
    async finish() {
      file ??= new TextFile(await path('records.jsonl'));
      await file.finish();
      const header: DatasetHeader = { version: 1, classes: [...classes], imageCount, objectCount };
      await writeFile(await path('dataset.json'), `${JSON.stringify(header, null, 2)}\n`);
    },
  };
}
