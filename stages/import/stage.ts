import fastGlob from 'fast-glob';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { SourceRequest } from '../../pipeline/stage/definition.js';
import { annotationPatterns } from '../lib/formats/format-names.js';
import { defaultImagesFolder, imagePattern } from '../lib/formats/image-files.js';
import { importParams, isFilePath, type ImportParams } from './params.js';

/** A dataset out of files in a format of the field. */
export const importStage = defineStage({
  kind: 'import',
  summary: 'Reads a dataset in COCO, YOLO, Pascal VOC, CSV, TFRecord, OpenImages or keras-yolo3 form',
  revision: 2,
  params: importParams,
  takesBucketUrls: true,
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
