import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';

const params = z.strictObject({
  labels: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'What the datasets are called in tables and charts, in the order of `in`; by default their stages’ names',
    ),
  colourImages: z
    .number()
    .int()
    .min(0)
    .default(500)
    .describe(
      'Of how many images of each dataset the colours are looked at, chosen by their contents; 0 for none',
    ),
});
export type StatsParams = z.infer<typeof params>;

/** What datasets hold, in numbers and charts; several stand side by side. */
export const statsStage = defineStage({
  kind: 'stats',
  summary: 'Counts what datasets hold, and compares them: classes, sizes, places, visibility, colours',
  revision: 1,
  params,
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
