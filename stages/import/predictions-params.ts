import { z } from 'zod';
import { detectionFormatDescriptions, detectionFormats } from '../lib/predictions/foreign-detection.js';

export const predictionsParams = z.strictObject({
  format: z
    .enum(detectionFormats)
    .describe(detectionFormats.map((name) => `${name}: ${detectionFormatDescriptions[name]}`).join('. ')),
  path: z.string().min(1).describe('The detections: a file or a folder, as the format has it'),
  classes: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(
      'The detector’s class names in their order, or a file with them: one a line, or a label map (.pbtxt). yolo and voc take the truth’s without it, tfrecord the label map beside the shards',
    ),
  names: z
    .string()
    .min(1)
    .optional()
    .describe('For coco: the COCO file with the images and categories that the results’ ids are of'),
  coordinates: z
    .enum(['auto', 'pixel', 'normalised'])
    .default('auto')
    .describe(
      'What boxes are in: pixels (coco, voc) or shares of the image (yolo, tfrecord); auto takes the usual, and is an error where they do not look so',
    ),
  pixels: z
    .enum(['zero-based', 'one-based'])
    .optional()
    .describe(
      'For voc: whether the first pixel is 1 and the last one belongs to the box (one-based, the default), or boxes are edges from 0 on',
    ),
});
export type PredictionsParams = z.output<typeof predictionsParams>;
