import { availableParallelism } from 'node:os';
import { defineStage } from '../../pipeline/stage/definition.js';
import { cfgPath } from '../lib/darknet/shipped-networks.js';
import { expectedBackend } from '../lib/tensors/backend-choice.js';
import { yoloTrainParams, type YoloTrainParams } from './params.js';

/** Trains a YOLOv3 that a Darknet cfg declares, and keeps the best network by validation. */
export const yoloTrainStage = defineStage({
  kind: 'yolo/train',
  summary: 'Train a YOLOv3 detector that a Darknet cfg declares.',
  revision: 4,
  params: yoloTrainParams,
  inputs: {
    train: { type: 'dataset', description: 'The images to learn from.' },
    validation: { type: 'dataset', description: 'The images by which the best network is chosen.' },
    anchors: { type: 'anchors', optional: true, description: 'Anchor sizes that fit the data.' },
    start: {
      type: 'detector',
      optional: true,
      description: 'A detector of the same network and classes to go on with, as one of rendered images.',
    },
  },
  outputs: {
    detector: { type: 'detector', description: 'The best network, for Darknet and for the detect stage.' },
  },
  seeded: () => true,
  resources: ({ workers, shards, backend, processes }) => ({
    cpu: Math.min(workers === 'auto' ? availableParallelism() : workers, shards),
    ...(backend === 'gpu' ? { gpu: processes } : {}),
  }),
  sources: ({ cfg, weights }) => [
    { role: 'cfg', pattern: cfgPath(cfg), required: true, param: ['cfg'] },
    ...(typeof weights !== 'string'
      ? []
      : [{ role: 'weights', pattern: weights, required: true, param: ['weights'] }]),
  ],
  keyParams: (params) => {
    // The files count by their contents; how many computed is not part of the result.
    const { weights } = params;
    const key: Partial<YoloTrainParams> = { ...params };
    for (const name of ['cfg', 'weights', 'workers', 'processes', 'checkpointEvery'] as const)
      delete key[name];
    return typeof weights === 'object' ? { ...key, weights: weights.sha256 } : key;
  },
  tools: ({ backend }) => Promise.resolve({ backend: expectedBackend(backend) }),
  run: async (context) => {
    const { runYoloTraining } = await import('./run-training.js');
    await runYoloTraining(context);
  },
});
