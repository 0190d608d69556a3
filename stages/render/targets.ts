import { z } from 'zod';
import type { JsonObject } from '../../pipeline/core/json.js';
import { expectSelector, selectorOf, selectorShape } from './randomize/selector.js';

const targetRule = z
  .strictObject({
    ...selectorShape,
    class: z.string().min(1).describe('What they are called in the dataset.'),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Reach the dataset, for slices of the evaluation.'),
    instance: z
      .enum(['object', 'parent', 'collection'])
      .optional()
      .describe(
        'What counts as one instance: each object, all below the same topmost parent, or all of a collection. Default object.',
      ),
  })
  .superRefine(expectSelector);

export const targetsSchema = z
  .array(targetRule)
  .describe(
    'What is to be detected, beside objects that carry the custom property `class` (and `attr_NAME` for attributes): the first rule that fits an object counts.',
  );
export type TargetRule = z.infer<typeof targetRule>;

/** A rule as Blender gets it. */
export function targetForBlender(rule: TargetRule): JsonObject {
  return {
    select: selectorOf(rule),
    class: rule.class,
    attributes: rule.attributes ?? {},
    instance: rule.instance ?? 'object',
  };
}
