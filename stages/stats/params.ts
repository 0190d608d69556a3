import { z } from 'zod';

export const statsParams = z.strictObject({
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
export type StatsParams = z.infer<typeof statsParams>;
