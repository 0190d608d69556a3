import { extname } from 'node:path';
import fastGlob from 'fast-glob';
import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { SourceRequest } from '../../pipeline/stage/definition.js';
import { annotationPatterns, formatDescriptions, formatNames } from '../lib/formats/format-names.js';
import { defaultImagesFolder, imagePattern } from '../lib/formats/image-files.js';
import { readOptions } from '../lib/formats/read-options.js';

const params = z.strictObject({
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
export type ImportParams = z.output<typeof params>;

/** A dataset out of files in a format of the field. */
export const importStage = defineStage({
  kind: 'import',
  summary: 'Reads a dataset in COCO, YOLO, Pascal VOC, CSV, TFRecord, OpenImages or keras-yolo3 form',
  revision: 1,
  params,
  inputs: {},
  outputs: { dataset: { type: 'dataset', description: 'The images with their boxes' } },
  seeded: () => false,
  sources,
  keyParams: (params) => ({
    ...params,
    // Files stand in the key by their contents and names below their folder, not by where that folder is.
    path: isFilePath(params.path) ? 'file' : 'folder',
    images: null,
    attributes: null,
    classes: Array.isArray(params.classes) ? params.classes : null,
  }),
  run: async (context) => {
    const { importDataset } = await import('./import-dataset.js');
    await importDataset(context);
  },
});

/** A path with an extension is a file, any other a folder: what is declared may not depend on what is there. */
export function isFilePath(path: string): boolean {
  return extname(path) !== '';
}

function sources({ format, path, images, classes, attributes }: ImportParams): readonly SourceRequest[] {
  const wholeFolder = format === 'yolo' || format === 'darkroom';
  const folder = !isFilePath(path) ? path : wholeFolder ? folderOf(path) : undefined;
  const annotations = { role: 'annotations', param: ['path'], named: true };
  return [
    ...(folder === undefined
      ? [{ ...annotations, pattern: filePattern(path), required: true }]
      : annotationPatterns[format].map((pattern, index) => ({
          ...annotations,
          pattern: `${fastGlob.escapePath(folder)}/${pattern}`,
          required: index === 0,
        }))),
    ...(format === 'tfrecord'
      ? []
      : [
          {
            role: 'images',
            pattern: imagePattern(images ?? defaultImagesFolder(path, isFilePath(path))),
            required: true,
            param: images === undefined ? ['path'] : ['images'],
            named: true,
          },
        ]),
    ...(typeof classes === 'string'
      ? [{ role: 'classes', pattern: filePattern(classes), required: true, param: ['classes'] }]
      : []),
    ...(attributes === undefined
      ? []
      : [{ role: 'attributes', pattern: filePattern(attributes), required: true, param: ['attributes'] }]),
  ];
}

function filePattern(path: string): string {
  return fastGlob.isDynamicPattern(path) ? fastGlob.escapePath(path) : path;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, Math.max(1, slash));
}
