import { defineStage } from '../../pipeline/stage/definition.js';
import { statsParams } from './params.js';

/** What datasets hold, in numbers and charts; several stand side by side. */
export const statsStage = defineStage({
  kind: 'stats',
  summary: 'Counts what datasets hold, and compares them: classes, sizes, places, visibility, colours',
  revision: 1,
  params: statsParams,
  inputs: {
    datasets: {
      type: 'dataset',
      many: true,
      description: 'The datasets; the others are compared with the first (synthetic against real)',
    },
  },
  outputs: { statistics: { type: 'statistics', description: 'The numbers (statistics.json)' } },
  seeded: () => false,
  run: async (context) => {
    const { runStats } = await import('./run-stats.js');
    await runStats(context);
  },
});
