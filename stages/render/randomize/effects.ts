import { z } from 'zod';
import { drawOf, type DrawObject } from './draw.js';
import { number, propertiesOf } from './value.js';

/** What happens to the picture after the render, in this order of a camera. */
const effectValues = {
  distortion: number(
    'Lens distortion: below 0 a barrel, above 0 a cushion. Masks, boxes and keypoints follow.',
    { min: -0.4, max: 0.15 },
  ),
  blur: number('Radius of a blur in pixels (standard deviation).', { min: 0, max: 50 }),
  exposure: number('Stops.', { min: -8, max: 8 }),
  temperature: number('White balance in kelvins: the light that counts as white; 6500 changes nothing.', {
    min: 1700,
    max: 25000,
  }),
  tint: number('From green (−1) to magenta (1).', { min: -1, max: 1 }),
  contrast: number('Factor about the middle grey.', { min: 0, max: 5 }),
  saturation: number('Factor of the saturation; 0 is grey.', { min: 0, max: 5 }),
  vignette: number('How much darker the corners are, 0–1.', { min: 0, max: 1 }),
  grain: number('Noise: its standard deviation in steps of 255.', { min: 0, max: 128 }),
  jpeg: number('Quality of a JPEG that the picture has been through.', { min: 1, max: 100, whole: true }),
  infrared: {
    kind: { kind: 'flag' },
    description:
      'The look of a night camera: grey, skin and dyed cloth bright, the cone of its own lamp, noise. Goes into the attributes of the frame.',
  },
} as const;

export const effectsSchema = z
  .strictObject(propertiesOf(effectValues))
  .describe('What the picture goes through after the render; drawn for every frame.');
export type EffectsBlock = z.infer<typeof effectsSchema>;

export function drawEffects(block: EffectsBlock): DrawObject {
  return drawOf(effectValues, block);
}
