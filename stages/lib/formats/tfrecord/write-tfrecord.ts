import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { inspectImage } from '../../imaging/inspect-image.js';
import { countLosses } from '../count-losses.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { imageNameOf } from '../image-name.js';
import { encodeExample } from './example.js';
import { featuresOf } from './features.js';
import { frameRecord } from './frames.js';
import { formatLabelMap } from './label-map.js';

/**
 * Writes `dataset.tfrecord-00000-of-0000N`, the images in turn, and `label_map.pbtxt`. Images stand in the examples
 * as they are, not encoded anew.
 */
export function createTfRecordWriter({ classes, path, notes, options }: WriteRequest): FormatWriter {
  const labelOf = new Map(classes.map((name, index) => [name, index + 1]));
  const shards = Array.from(
    { length: options.shards },
    (_, index) => `dataset.tfrecord-${padded(index)}-of-${padded(options.shards)}`,
  );
  let count = 0;
  return {
    async add(image) {
      const { record, content } = image;
      const holds = {
        ...{ difficult: true, truncated: true, occluded: true, crowd: true, areaPx: true },
        attributes: ['depiction'],
      };
      countLosses(record, holds, 'TFRecord', notes);
      const bytes = content.type === 'file' ? await readFile(content.path) : content.bytes;
      const { format } = await inspectImage(bytes, record.id);
      if (format !== 'jpeg' && format !== 'png')
        notes.count(
          '{n} images are neither JPEG nor PNG, which the object detection API alone reads',
          record.id,
        );
      const name = imageNameOf(record);
      const shard = shards[count++ % shards.length] ?? '';
      await appendFile(
        await path(shard),
        frameRecord(encodeExample(featuresOf(record, name, bytes, format, labelOf))),
      );
    },
    async finish() {
      // A shard that no image fell to is an empty file: readers look for all of them.
      for (const shard of shards) await appendFile(await path(shard), '');
      await writeFile(await path('label_map.pbtxt'), formatLabelMap(classes));
    },
  };
}

function padded(index: number): string {
  return String(index).padStart(5, '0');
}
