import { z } from 'zod';

const share = (what: string) => z.number().min(0).max(1).default(0).describe(`Share of the images ${what}.`);

/** A change that some of the images go through. */
const sometimes = <T extends z.ZodRawShape>(what: string, shape: T, description: string) =>
  z
    .strictObject({ share: share(what), ...shape })
    .prefault({} as never)
    .describe(description);

/** How images are changed for training. */
export const augmentSchema = z
  .strictObject({
    flip: z.boolean().default(true).describe('Mirror images left to right every other time.'),
    flipVertical: z.boolean().default(false).describe('Mirror images upside down every other time.'),
    jitter: z.number().min(0).max(0.9).default(0.15).describe('Change of the aspect by up to this share.'),
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .refine(([least, most]) => least <= most, 'the least size comes first')
      .default([0.7, 1.4])
      .describe('Least and largest size, relative to the image fitted into the input.'),
    placement: z
      .enum(['random', 'centre'])
      .default('random')
      .describe('Where the image lies in the input: anywhere, or in the middle as in use.'),
    rotate: z.number().min(0).max(180).default(0).describe('Turn by up to so many degrees either way.'),
    shear: z.number().min(0).max(45).default(0).describe('Slant by up to so many degrees either way.'),
    fill: z
      .enum(['grey', 'mean'])
      .default('grey')
      .describe('What surrounds the image: darknet’s grey, as in use, or the image’s mean colour.'),
    leastVisible: z
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe('An object of which less than this share of its box is left in view is dropped.'),
    hue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.03)
      .describe('Turn of the hue by up to this share of the circle.'),
    saturation: z
      .number()
      .min(1)
      .default(1.4)
      .describe('Saturation changes by up to this factor either way.'),
    value: z
      .number()
      .min(1)
      .default(1.4)
      .describe('Brightness (HSV) changes by up to this factor either way.'),
    brightnessContrast: sometimes(
      'whose brightness and contrast change',
      {
        brightness: z.number().min(0).max(1).default(0.15).describe('Added or taken off, at most.'),
        contrast: z.number().min(0).max(1).default(0.3).describe('Change of the contrast, at most.'),
      },
      'Brightness and contrast.',
    ),
    rgbShift: sometimes(
      'whose channels shift',
      { most: z.number().min(0).max(1).default(0.08).describe('Added to or taken off a channel, at most.') },
      'Channels changed each for itself.',
    ),
    gray: sometimes('that lose their colour', {}, 'Grey images.'),
    posterize: sometimes(
      'with few levels',
      { bits: z.number().int().min(1).max(7).default(4).describe('Bits left a channel.') },
      'Few levels a channel.',
    ),
    clahe: sometimes(
      'that are equalized',
      {
        limit: z.number().min(1).default(4).describe('How much the contrast may be raised.'),
        tiles: z.number().int().min(1).max(32).default(8).describe('Tiles along a side.'),
      },
      'Contrast-limited adaptive histogram equalization.',
    ),
    noise: sometimes(
      'with noise',
      { deviation: z.number().min(0).max(0.5).default(0.04).describe('Largest deviation, of 0–1.') },
      'Normal noise on every pixel.',
    ),
    fog: sometimes(
      'in fog',
      { density: z.number().min(0).max(1).default(0.4).describe('Largest mean density.') },
      'Patchy fog.',
    ),
    mosaic: share(
      'that are put together of four (good for large networks, worse for tiny ones: off by default)',
    ),
    mixup: share('that are mixed with another one, objects of both'),
  })
  .prefault({})
  .describe('How images are changed for training. Each draw is a function of seed, epoch and image.');

export type AugmentParams = z.infer<typeof augmentSchema>;
