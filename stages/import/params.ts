import { extname } from 'node:path';
import { z } from 'zod';
import { formatDescriptions, formatNames } from '../lib/formats/format-names.js';
import { readOptions } from '../lib/formats/read-options.js';

export const importParams = z.strictObject({
  format: z
    .enum(formatNames)
    .describe(formatNames.map((name) => `${name}: ${formatDescriptions[name]}`).join('. ')),
  path: z.string().min(1).describe('The annotations: a file or a folder, as the format has it'),
  images: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The folder of the images; by default that of the annotations, or the one above where it is called annotations',
    ),
  classes: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(
      'Class names in their order, or a file with them: one a line, a label map (.pbtxt), or OpenImages’ class ' +
        'descriptions. Needed where labels are numbers and no file beside them says what they mean',
    ),
  attributes: z
    .string()
    .min(1)
    .optional()
    .describe('A CSV of image attributes for slices (RGB or IR, occluded, …), joined by the images’ names'),
  attributesColumn: z
    .string()
    .min(1)
    .optional()
    .describe('The column of `attributes` with the images’ names; the first one by default'),
  group: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A regular expression; what its parentheses match in an image’s name is the group that splits keep together ' +
        '(by default every image is its own)',
    ),
  name: z.string().min(1).optional().describe('What provenance calls the data; the format by default'),
  ...readOptions,
});
export type ImportParams = z.output<typeof importParams>;

/** A path with an extension is a file, any other a folder: what is declared may not depend on what is there. */
export function isFilePath(path: string): boolean {
  return extname(path) !== '';
}
