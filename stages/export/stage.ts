import { defineStage } from '../../pipeline/stage/definition.js';
import { exportParams } from './params.js';

/** A dataset as other programs read it; the attribute `split` becomes lists of images. */
export const exportStage = defineStage({
  kind: 'export',
  summary: 'Writes a dataset in COCO, YOLO, Pascal VOC, CSV, TFRecord, OpenImages or keras-yolo3 form',
  revision: 1,
  params: exportParams,
  inputs: { dataset: { type: 'dataset', description: 'What to write' } },
  outputs: { files: { type: 'files', description: 'The dataset in that form, images included' } },
  seeded: () => false,
  run: async (context) => {
    const { exportDataset } = await import('./export-dataset.js');
    await exportDataset(context);
  },
});
