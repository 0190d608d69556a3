import { availableParallelism } from 'node:os';
import { defineStage } from '../../pipeline/stage/definition.js';
import { expectedBackend } from '../lib/tensors/backend-choice.js';
import { cycleGanParams, gammaOf, type CycleGanParams } from './params.js';

/** Learns to make images of one domain look like those of another, unpaired. */
export const cycleGanTrainStage = defineStage({
  kind: 'cyclegan/train',
  summary: 'Learn to make rendered images look like real ones (CycleGAN, Bayesian CycleGAN, CUT).',
  revision: 3,
  params: cycleGanParams,
  inputs: {
    source: { type: 'dataset', description: 'Images that are to be translated, as rendered ones.' },
    target: {
      type: 'dataset',
      description: 'Images that they are to look like, as real ones; no boxes needed.',
    },
  },
  outputs: {
    generator: { type: 'generator', description: 'What makes target images of source images.' },
  },
  seeded: () => true,
  resources: ({ workers, backend }) => ({
    cpu: Math.min(workers === 'auto' ? availableParallelism() : workers, 2),
    ...(backend === 'gpu' ? { gpu: 1 } : {}),
  }),
  keyParams: (params) => {
    // How many computed, and when it was saved, is not part of the result.
    const key: Partial<CycleGanParams> = { ...params };
    for (const name of ['workers', 'checkpointEvery', 'memoryMb'] as const) delete key[name];
    if (params.mode === 'bayesian')
      return { ...key, bayesian: { ...params.bayesian, gamma: gammaOf(params) } };
    // Other modes do not read it; three stand there for the sake of results from before there were more.
    const { variant, samples, prior } = params.bayesian;
    return { ...key, bayesian: { variant, samples, prior } };
  },
  tools: ({ backend }) => Promise.resolve({ backend: expectedBackend(backend) }),
  run: async (context) => {
    const { runGanTraining } = await import('./run-training.js');
    await runGanTraining(context);
  },
});
