import { z } from 'zod';
import type { BoxFault } from '../lib/dataset/checks/box-faults.js';
import type { ImageFault } from '../lib/dataset/checks/image-faults.js';

const plain = z.enum(['error', 'warn', 'drop']);
const repairable = z.enum(['error', 'warn', 'drop', 'repair']);

export const checkParams = z.strictObject({
  boxes: z
    .strictObject({
      inverted: repairable
        .default('warn')
        .describe('Right of it is its left: counted, dropped, an error, or repaired by sorting the corners'),
      empty: plain.default('warn').describe('No width or no height: counted, dropped or an error'),
      outside: plain.default('warn').describe('Wholly outside the image: counted, dropped or an error'),
      overEdge: repairable
        .default('warn')
        .describe(
          'More than half a pixel over the edge: counted, dropped, an error, or repaired by clipping (the whole box is kept as the amodal one)',
        ),
      repeated: plain.default('warn').describe('The same box and class twice in one image'),
    })
    .prefault({})
    .describe('What becomes of objects with a faulty box'),
  classes: z
    .array(z.string().min(1))
    .optional()
    .describe('The classes that may occur; without it all that the dataset lists'),
  unknownClass: plain.default('error').describe('What becomes of objects of other classes'),
  images: z
    .strictObject({
      unreadable: plain.default('error').describe('Does not decode to its last pixel'),
      size: plain
        .default('error')
        .describe('Has another size than the dataset says, so its boxes lie elsewhere'),
      turned: repairable
        .default('warn')
        .describe(
          'Carries an EXIF note to turn it, which some programs follow and others do not. Repaired by writing it anew without; boxes stay right',
        ),
      cmyk: repairable.default('warn').describe('Four printing colours; repaired by conversion to RGB'),
      deep: repairable.default('warn').describe('16 bits a channel or more; repaired by conversion to 8'),
      animated: repairable
        .default('warn')
        .describe('More than one picture in the file; repaired by keeping the first'),
    })
    .prefault({})
    .describe('What becomes of images with a fault'),
});
export type CheckParams = z.infer<typeof checkParams>;
export type CheckAction = z.infer<typeof repairable>;

/** What a fault is called in the params, where people say what becomes of it. */
export const placeOfFault: Readonly<Record<BoxFault | ImageFault, string>> = {
  'box-inverted': 'boxes.inverted',
  'box-empty': 'boxes.empty',
  'box-outside': 'boxes.outside',
  'box-over-edge': 'boxes.overEdge',
  'box-repeated': 'boxes.repeated',
  'class-unknown': 'unknownClass',
  'image-unreadable': 'images.unreadable',
  'image-size': 'images.size',
  'image-turned': 'images.turned',
  'image-cmyk': 'images.cmyk',
  'image-deep': 'images.deep',
  'image-animated': 'images.animated',
};

export function boxActions({ boxes, unknownClass }: CheckParams): Readonly<Record<BoxFault, CheckAction>> {
  return {
    'box-inverted': boxes.inverted,
    'box-empty': boxes.empty,
    'box-outside': boxes.outside,
    'box-over-edge': boxes.overEdge,
    'box-repeated': boxes.repeated,
    'class-unknown': unknownClass,
  };
}

export function imageActions({ images }: CheckParams): Readonly<Record<ImageFault, CheckAction>> {
  return {
    'image-unreadable': images.unreadable,
    'image-size': images.size,
    'image-turned': images.turned,
    'image-cmyk': images.cmyk,
    'image-deep': images.deep,
    'image-animated': images.animated,
  };
}
