import { z } from 'zod';

const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

const conditionSchema = z.union([
  valueSchema,
  z.array(valueSchema).min(1),
  z
    .strictObject({
      min: z.number().optional().describe('At least this'),
      max: z.number().optional().describe('At most this'),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, {
      message: 'give `min`, `max` or both',
    }),
]);
/** What an attribute is to be: a value, one of several, or a number in a range. */
export type Condition = z.infer<typeof conditionSchema>;

const rangeSchema = z.strictObject({
  min: z.number().min(0).optional().describe('At least this'),
  max: z.number().min(0).optional().describe('At most this'),
});
export type Range = z.infer<typeof rangeSchema>;

const countSchema = z.number().int().positive().optional();
const flagSchema = z.enum(['keep', 'drop']).default('keep');

export const selectParams = z.strictObject({
  objects: z
    .strictObject({
      classes: z.array(z.string()).min(1).optional().describe('Only objects of these classes'),
      sidePx: rangeSchema.optional().describe('The shorter side of the box, in pixels'),
      areaPx: rangeSchema.optional().describe('The area of the box, in pixels'),
      share: rangeSchema.optional().describe('The box’s area as a share of the image’s, 0–1'),
      visible: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe(
          'At least this share of the object can be seen; objects of which that is not known are kept',
        ),
      crowds: flagSchema.describe('Boxes around many objects'),
      difficult: flagSchema.describe('Objects that are marked as hard to see'),
      truncated: flagSchema.describe('Objects that reach over the edge of the image'),
      occluded: flagSchema.describe('Objects that others hide in part'),
      where: z
        .record(z.string(), conditionSchema)
        .default({})
        .describe(
          'Attributes of objects: a value, a list of them, or { min, max }. Without the attribute, none',
        ),
    })
    .prefault({})
    .describe('Which objects are kept; with none of these all'),
  unselected: z
    .enum(['drop-object', 'drop-image'])
    .default('drop-object')
    .describe(
      'What goes with an object that is not kept: itself alone, or its image, so that nothing visible is without a box. An image that loses all its objects always goes',
    ),
  images: z
    .strictObject({
      show: z.array(z.string()).default([]).describe('Only images that show each of these classes'),
      without: z.array(z.string()).default([]).describe('No image that shows one of these classes'),
      objects: rangeSchema.optional().describe('How many objects, after the selection of objects'),
      sources: z.array(z.string()).min(1).optional().describe('Only images from these source datasets'),
      where: z
        .record(z.string(), conditionSchema)
        .default({})
        .describe(
          'Attributes of images: a value, a list of them, or { min, max }. Without the attribute, none',
        ),
    })
    .prefault({})
    .describe(
      'Which images are taken; `show` and `without` look at all objects, before the selection of objects',
    ),
  perSource: countSchema.describe('At most so many images of each source dataset, picked by the seed'),
  perClass: countSchema.describe(
    'Images until each class has so many of them (or all there are), picked by the seed; an image counts for all its classes',
  ),
  perValue: z
    .record(z.string(), z.number().int().positive())
    .default({})
    .describe('At most so many images of each value of an attribute, picked by the seed: `{ camera: 100 }`'),
  limit: countSchema.describe('At most so many images, picked by the seed'),
});
export type SelectParams = z.infer<typeof selectParams>;
