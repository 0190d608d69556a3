import { z } from 'zod';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { drawOf, numberIn, type DrawObject } from './draw.js';
import { number, oneOf, propertiesOf } from './value.js';

/** Drawn once a frame. */
const lightsValues = {
  count: number('How many lights are added. Default 0; 1 when anything about them is given.', {
    min: 0,
    max: 64,
    whole: true,
  }),
  own: number('Factor of the energy of the scene’s own lights; 0 turns them off.', { min: 0 }),
} as const;

/** Drawn for each light that is added. */
const lightValues = {
  kind: oneOf('point, area, spot or sun. Default area.', ['point', 'area', 'spot', 'sun']),
  energy: number('Watts; of a sun, watts a square metre. Default 100, of a sun 3.', { min: 0 }),
  temperature: number('Colour temperature in kelvins. Default 5500.', { min: 1700, max: 25000 }),
  size: number('Width in metres: the larger, the softer the shadows. Default 0.5.', { min: 0 }),
  distance: number('Metres from the middle of the targets. Default 3.', { min: 0.01 }),
  elevation: number('Degrees above the horizon. Default 45.', { min: -90, max: 90 }),
  azimuth: number('Degrees around it; 0 is the −y side. Default 0.'),
} as const;

export const lightsSchema = z
  .strictObject({ ...propertiesOf(lightsValues), ...propertiesOf(lightValues) })
  .describe('Lights added around the targets, and how bright the scene’s own are.');
export type LightsBlock = z.infer<typeof lightsSchema>;

/** The factor of the scene's own lights, and those that are added. */
export function drawLights(block: LightsBlock): DrawObject {
  const once = drawOf(lightsValues, block);
  const each = drawOf(lightValues, block);
  const describesLights = Object.keys(lightValues).some((name) => name in block);
  return (dice, path): JsonObject => {
    const drawn = once(dice, path);
    const count = numberIn(drawn, 'count', describesLights ? 1 : 0);
    return {
      own: numberIn(drawn, 'own', 1),
      add: Array.from({ length: count }, (_, index) => each(dice, [...path, index])),
    };
  };
}
