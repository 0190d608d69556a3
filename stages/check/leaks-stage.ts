import { defineStage } from '../../pipeline/stage/definition.js';
import { leaksParams } from './leaks-params.js';

/** A gate before a training: what goes through shares nothing with what the detector will be judged by. */
export const leaksStage = defineStage({
  kind: 'check/leaks',
  summary: 'Lets a dataset through when it shares no image, group or look with others that are held out',
  revision: 1,
  params: leaksParams,
  inputs: {
    dataset: { type: 'dataset', description: 'The images to learn from' },
    heldOut: {
      type: 'dataset',
      many: true,
      description: 'The images that nothing may be learnt from: the test sets',
    },
  },
  outputs: { dataset: { type: 'dataset', description: 'The images to learn from, apart from the others' } },
  seeded: () => false,
  run: async (context) => {
    const { keepApart } = await import('./keep-apart.js');
    await keepApart(context);
  },
});
