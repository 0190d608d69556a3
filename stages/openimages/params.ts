import { z } from 'zod';

const pathSchema = z.string().min(1);
const keepSchema = z.enum(['keep', 'drop']).default('keep');

export const subsets = ['train', 'validation', 'test'] as const;
export type Subset = (typeof subsets)[number];

export const openImagesParams = z.strictObject({
  classDescriptions: pathSchema.describe(
    'The CSV of class names, as published (oidv7-class-descriptions-boxable.csv)',
  ),
  boxes: z
    .strictObject({
      train: pathSchema.optional().describe('The CSV of boxes of the training subset'),
      validation: pathSchema.optional().describe('The CSV of boxes of the validation subset'),
      test: pathSchema.optional().describe('The CSV of boxes of the test subset'),
    })
    .refine((files) => subsets.some((subset) => files[subset] !== undefined), {
      message: 'name the file of at least one subset',
    })
    .describe(
      'The CSVs of boxes, as published (validation-annotations-bbox.csv); a subset without one is left out',
    ),
  images: z
    .array(pathSchema)
    .default([])
    .describe('CSVs of images, as published: only images that they list are taken, with their rotation'),
  classes: z
    .array(z.string().min(1))
    .min(1)
    .describe('The classes whose boxes are kept, by name (Person) or machine name (/m/01g317)'),
  require: z.array(z.string()).default([]).describe('Only images that show each of these classes'),
  exclude: z.array(z.string()).default([]).describe('No image that shows one of these classes'),
  empty: z
    .boolean()
    .default(false)
    .describe(
      'Takes images that show none of `classes` too, as negatives, with `exclude: [Person]` for example',
    ),
  groups: keepSchema.describe(
    'Boxes around more than five that touch each other: kept as crowds, or dropped',
  ),
  depictions: keepSchema.describe('Boxes of drawings and statues of the class'),
  insides: keepSchema.describe('Boxes of what is seen from its inside'),
  limit: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('At most so many images, picked by the seed'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://open-images-dataset.s3.amazonaws.com')
    .describe('Where the images are: <baseUrl>/<subset>/<image id>.jpg'),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe('Downloads at once, in each batch of 256 images'),
  retries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(5)
    .describe('How often a download that fails is tried again'),
  stallSeconds: z
    .number()
    .positive()
    .default(20)
    .describe('A download that gets no byte for so long is broken off and tried again'),
  maxMegabytes: z.number().positive().default(20).describe('Larger images are left out'),
  checksums: z
    .boolean()
    .default(true)
    .describe(
      'Compares each image with the MD5 that the server names (ETag, x-goog-hash, Content-MD5), where it does',
    ),
  unavailable: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe(
      'What becomes of images that the server could not give after all retries: the stage fails at its end and the next run tries them again, or they count as missing for good',
    ),
  maxMissing: z
    .number()
    .min(0)
    .default(0.02)
    .describe('How many images may be missing, too large or broken: a share below 1, or a number'),
});
export type OpenImagesParams = z.infer<typeof openImagesParams>;
