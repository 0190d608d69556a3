import { z } from 'zod';

const limitSchema = z.number().int().positive().nullable();

export const mergeParams = z.strictObject({
  classes: z
    .record(z.string(), z.string().min(1).nullable())
    .default({})
    .describe('Renames classes (`car: vehicle`) or drops them with their boxes (`truck: null`)'),
  otherClasses: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('What becomes of classes that `classes` does not name'),
  limit: z
    .union([limitSchema, z.array(limitSchema)])
    .default(null)
    .describe(
      'Takes at most so many images of each dataset, picked by the seed; a list gives one limit a dataset, in the order of `in`, null for all',
    ),
  ratio: z
    .array(z.number().positive())
    .optional()
    .describe(
      'In which proportion the datasets stand, one number each in the order of `in` (`[3, 1]`): as many images as that allows, picked by the seed',
    ),
  images: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Takes at most so many images in all: by `ratio`, or in proportion to what each dataset has'),
  weights: z
    .array(z.number().positive())
    .optional()
    .describe(
      'How often images of each dataset stand in the result, one number each in the order of `in`: 2 for twice, 0.5 for half of them, picked by the seed',
    ),
  duplicates: z
    .enum(['drop', 'keep'])
    .default('drop')
    .describe('What becomes of an image whose content an earlier dataset has already'),
});
export type MergeParams = z.infer<typeof mergeParams>;
