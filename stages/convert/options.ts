import { z } from 'zod';
import { formatDescriptions, formatNames } from '../lib/formats/format-names.js';
import { readOptions } from '../lib/formats/read-options.js';

const formatList = formatNames.map((name) => `${name} – ${formatDescriptions[name]}`).join('; ');

export const convertOptions = z.strictObject({
  from: z
    .enum(['auto', ...formatNames])
    .default('auto')
    .describe(`The format that is read, or auto to tell it by its files. ${formatList}`),
  in: z.string().min(1).describe('The annotations: a file or a folder, as the format has it'),
  images: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The folder of the images (default: the folder of the annotations; above it where that is called annotations)',
    ),
  classes: z
    .string()
    .min(1)
    .optional()
    .describe('A file of class names: one a line, a label map (.pbtxt), or OpenImages’ class descriptions'),
  attributes: z
    .string()
    .min(1)
    .optional()
    .describe('A CSV of image attributes, joined by the images’ names in its first column'),
  to: z.enum(formatNames).describe('The format that is written'),
  out: z.string().min(1).describe('The folder that is written; it must not be there yet, or be empty'),
  copy: z.boolean().default(false).describe('Copies the images (the default)'),
  link: z.boolean().default(false).describe('Makes hard links to the images instead of copies'),
  shards: z.number().int().min(1).max(99_999).default(1).describe('Files that tfrecord is spread over'),
  group: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A regular expression; what its parentheses match in an image’s name is the group of the image',
    ),
  ...readOptions,
});
export type ConvertOptions = z.output<typeof convertOptions>;
