import { z } from 'zod';
import { formatNames } from '../lib/formats/format-names.js';

const layouts = {
  coco: 'annotations/instances.json and images/',
  yolo: 'images/, labels/, lists of subsets, data.yaml, darknet.data, classes.txt',
  keras: 'annotations.txt, lists of subsets, classes.txt, images/',
  voc: 'Annotations/, ImageSets/, JPEGImages/, labels.txt',
  csv: 'labels.csv, classes.txt, images/',
  tfrecord: 'dataset.tfrecord-…-of-… and label_map.pbtxt',
  openimages: 'annotations-bbox.csv, class-descriptions.csv, image-ids.csv, images/',
  darkroom: 'dataset.json, records.jsonl, images/',
} satisfies Record<(typeof formatNames)[number], string>;

export const exportParams = z.strictObject({
  format: z
    .enum(formatNames)
    .describe(`What is written. ${formatNames.map((name) => `${name}: ${layouts[name]}`).join('; ')}`),
  shards: z
    .number()
    .int()
    .min(1)
    .max(99_999)
    .default(1)
    .describe('Files that tfrecord is spread over, the images in turn'),
});
export type ExportParams = z.output<typeof exportParams>;
