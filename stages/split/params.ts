import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { splitSizes } from './split-sizes.js';

const sizeSchema = z.union([z.literal('rest'), z.number().min(0)]);
const splitNameSchema = z.enum(['train', 'validation', 'test']);
const listSchema = z.string().min(1).optional();

const plainParams = z.strictObject({
  train: sizeSchema
    .default('rest')
    .describe('Size of the training set: a share (0.8), a number of images (800), or `rest`'),
  validation: sizeSchema.default(0.1).describe('Size of the validation set, as `train`'),
  test: sizeSchema.default(0.1).describe('Size of the test set, as `train`'),
  by: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe(
      'What stays together in one split: `scene` (the attribute `scene`, or the group that each image has from its source, for renders the scene variation; the default is that group), `source` (a whole dataset), `image` (nothing), or the values of an attribute or of several',
    ),
  stratify: z
    .strictObject({
      classes: z
        .boolean()
        .default(true)
        .describe('Gives every split its share of each class: images are sorted by the rarest one they show'),
      attributes: z
        .array(z.string())
        .default([])
        .describe('Image attributes of whose values every split gets its share'),
    })
    .optional()
    .describe(
      'Makes the splits alike. More images can then move a few others across a cut; without it they move none',
    ),
  given: z
    .strictObject({
      attribute: z
        .string()
        .optional()
        .describe('The image attribute that names the split an image was put in (train, val, test, …)'),
      values: z
        .record(z.string(), splitNameSchema)
        .default({})
        .describe('What other values of `attribute` mean: `{ trainval: train }`'),
      lists: z
        .strictObject({
          train: listSchema.describe('List file of the training images'),
          validation: listSchema.describe('List file of the validation images'),
          test: listSchema.describe('List file of the test images'),
        })
        .optional()
        .describe(
          'Files with an image a line: its id, file name or path, as in Pascal VOC’s ImageSets or Darknet’s train.txt',
        ),
      others: z
        .enum(['assign', 'leave-out', 'error'])
        .default('assign')
        .describe('What becomes of images that nobody put in a split: split by size, left out, or an error'),
    })
    .refine(({ attribute, lists }) => (attribute === undefined) !== (lists === undefined), {
      message: 'name either `attribute` or `lists`',
    })
    .optional()
    .describe('Keeps splits that came with the dataset'),
  leaks: z
    .enum(['error', 'warn'])
    .default('error')
    .describe(
      'What it is when given splits share an image or a group: an error that names them, or a warning',
    ),
  nearDuplicates: z
    .enum(['error', 'warn', 'together', 'ignore'])
    .default('error')
    .describe(
      'What it is when images of two splits look the same: an error that names them, a warning, a reason to keep them in one split, or not looked for',
    ),
});

/** What `with` of split may say. */
export const splitParams = plainParams.superRefine((params, context) => {
  try {
    splitSizes(params);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.addIssue({ code: 'custom', message: [error.message, error.hint].filter(Boolean).join(' ') });
  }
});
export type SplitParams = z.infer<typeof splitParams>;
