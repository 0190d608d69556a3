import fastGlob from 'fast-glob';
import { defineStage, type SourceRequest } from '../../pipeline/stage/definition.js';
import { detectionPatterns } from '../lib/predictions/foreign-detection.js';
import { isFilePath } from './params.js';
import { predictionsParams, type PredictionsParams } from './predictions-params.js';

/** What another program found, so that `evaluate` can judge it like our own detectors. */
export const importPredictionsStage = defineStage({
  kind: 'import/predictions',
  summary: 'Reads detections of another program: COCO results, YOLO text, Pascal VOC class files, TFRecord',
  revision: 1,
  params: predictionsParams,
  takesBucketUrls: true,
  inputs: {
    images: { type: 'dataset', description: 'The images that were looked at; their boxes are not' },
  },
  outputs: { predictions: { type: 'predictions', description: 'What was found in each image' } },
  seeded: () => false,
  sources,
  keyParams: (params) => ({
    ...params,
    // Files stand in the key by their contents and names below their folder, not by where that folder is.
    path: isFilePath(params.path) ? 'file' : 'folder',
    names: null,
    classes: Array.isArray(params.classes) ? params.classes : null,
  }),
  run: async (context) => {
    const { importPredictions } = await import('./import-predictions.js');
    await importPredictions(context);
  },
});

function sources({ format, path, classes, names }: PredictionsParams): readonly SourceRequest[] {
  const detections = { role: 'predictions', param: ['path'], named: true };
  const single = (role: string, file: string | undefined): SourceRequest[] =>
    file === undefined ? [] : [{ role, pattern: fastGlob.escapePath(file), required: true, param: [role] }];
  return [
    ...(isFilePath(path)
      ? [{ ...detections, pattern: fastGlob.escapePath(path), required: true }]
      : detectionPatterns[format].map((pattern, index) => ({
          ...detections,
          pattern: `${fastGlob.escapePath(path)}/${pattern}`,
          required: index === 0,
        }))),
    ...single('classes', typeof classes === 'string' ? classes : undefined),
    ...single('names', names),
  ];
}
