import { z } from 'zod';

/** What a person may say about how annotations are read; the same for the stage `import` and the command `convert`. */
export const readOptions = {
  pixels: z
    .enum(['zero-based', 'one-based'])
    .optional()
    .describe(
      'Where pixels begin in voc and csv files: one-based (the first pixel is 1 and the last one belongs to the box, ' +
        "as Pascal VOC defines it; voc's default) or zero-based (the box's edges, as LabelImg and VoTT often write " +
        "them; csv's default)",
    ),
  subset: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Takes only the images of this ready-made list (`train`, `validation`, `test`, `trainval`, …: of ImageSets, ' +
        'data.yaml, .data or a list file)',
    ),
  orientation: z
    .enum(['auto', 'stored', 'displayed'])
    .default('auto')
    .describe(
      'What the boxes of images that EXIF turns are drawn on: the stored pixels, or the picture as viewers display ' +
        'it (then they are turned back); auto lets the annotated size decide, and takes them as stored where it cannot',
    ),
  sizeMismatch: z
    .enum(['error', 'scale', 'skip'])
    .default('error')
    .describe(
      'What becomes of an image that is not of the annotated size: an error, its boxes scaled, or left out',
    ),
  missing: z
    .enum(['error', 'skip'])
    .default('error')
    .describe('What becomes of an annotated image that is not there: an error, or left out and counted'),
  unreadable: z
    .enum(['error', 'skip'])
    .default('error')
    .describe('What becomes of an image that cannot be read: an error, or left out and counted'),
  decode: z
    .enum(['head', 'pixels'])
    .default('head')
    .describe(
      'How images are checked: their head (format and size), or all pixels (finds files cut short; slower)',
    ),
  allowOutside: z
    .boolean()
    .default(false)
    .describe('Lets annotations name images outside of the images’ folder (`..`, absolute paths, links)'),
};

export const readOptionsSchema = z.strictObject(readOptions);
export type ReadOptions = z.output<typeof readOptionsSchema>;
