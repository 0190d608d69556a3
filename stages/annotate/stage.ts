import { defineStage } from '../../pipeline/stage/definition.js';
import { artifactTypes } from '../artifact-types.js';
import { annotateParamsSchema } from './params.js';

/** Boxes out of instance masks. */
export const annotateStage = defineStage({
  kind: 'annotate',
  summary:
    'Turns rendered frames into a dataset: tight boxes of what the instance masks show, and keypoints.',
  revision: 2,
  params: annotateParamsSchema,
  inputs: { frames: { type: 'frames', description: artifactTypes.frames } },
  outputs: { dataset: { type: 'dataset', description: artifactTypes.dataset } },
  seeded: () => false,
  async run(context) {
    const { annotateFrames } = await import('./annotate-frames.js');
    await annotateFrames(context);
  },
});
