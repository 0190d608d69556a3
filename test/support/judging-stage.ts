import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';

const params = z.strictObject({
  score: z.number().describe('The mean of what it gives out'),
  spread: z.number().default(0.02).describe('How far its draws lie from it'),
  data: z.string().default('test').describe('What the draws are from'),
});

/** Gives a verdict and a measure as a benchmark does, out of nothing: for tests of what is done with them. */
export const judgingStage = defineStage<z.infer<typeof params>>({
  kind: 'judge',
  summary: 'Gives a verdict.',
  revision: 1,
  params,
  inputs: { of: { type: 'number', many: true, optional: true, description: 'What is judged' } },
  outputs: { text: { type: 'text', description: 'The score' } },
  seeded: () => false,
  run: async ({ params: { score, spread, data }, output, metric, exhibit }) => {
    await output('text').write('score.txt', String(score));
    metric('quality', score);
    await exhibit({
      type: 'verdict',
      title: 'Verdict',
      sentences: [`The score is ${score}.`],
      columns: ['arm', 'quality'],
      rows: [{ cells: ['all', score], stages: [] }],
    });
    await exhibit({
      type: 'measures',
      title: 'Quality',
      drawnFrom: data,
      measures: [
        {
          name: 'quality',
          better: 'higher',
          value: score,
          low: score - spread,
          high: score + spread,
          // What chance does to a score it does to the next one, too: the same on every draw.
          draws: [-1, -0.5, 0, 0.5, 1].map((part) => score + part * spread),
        },
      ],
    });
  },
});
