import { defineStage } from '../../../pipeline/stage/definition.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import { exportParams, type ExportParams } from './params.js';

/** Writes a detector in the forms that other programs run. */
export const yoloExportStage = defineStage({
  kind: 'yolo/export',
  summary: 'Writes a detector for Darknet and OpenCV, ONNX Runtime and TensorFlow.js',
  revision: 2,
  params: exportParams,
  inputs: { detector: { type: 'detector', description: 'The network' } },
  outputs: { files: { type: 'files', description: 'A folder that runs outside of Darkroom' } },
  seeded: () => false,
  run: async (context: StageContext<ExportParams>) => {
    const { exportDetector } = await import('./export-detector.js');
    await exportDetector(context);
  },
});
