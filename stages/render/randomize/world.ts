import { z } from 'zod';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { drawOf, type DrawObject } from './draw.js';
import { number, oneOf, propertiesOf } from './value.js';

const worldKinds = ['hdri', 'sky', 'colour'] as const;

const worldValues = {
  use: oneOf('hdri, sky or colour, where several are given. Default: evenly among them.', worldKinds),
  rotation: number('Degrees by which it is turned. Default 0.'),
  strength: number('How bright it is. Default 1.', { min: 0 }),
  hdri: { kind: { kind: 'file' }, description: 'A panorama (.hdr, .exr): { glob: ./hdri/*.exr }.' },
  colour: { kind: { kind: 'colour' }, description: 'An even colour [red, green, blue], linear, 0–1.' },
} as const;

const skyValues = {
  sunElevation: number('Degrees. Default 30.', { min: -5, max: 90 }),
  air: number('Density of the air. Default 1.', { min: 0, max: 10 }),
  dust: number('Density of the dust. Default 1.', { min: 0, max: 10 }),
} as const;

export const worldSchema = z
  .strictObject({
    ...propertiesOf(worldValues),
    sky: z
      .strictObject(propertiesOf(skyValues))
      .optional()
      .describe('A clear sky with a sun, made by Blender.'),
  })
  .superRefine((world, context) => {
    const given = worldKinds.filter((kind) => world[kind] !== undefined);
    if (given.length === 0)
      context.addIssue({ code: 'custom', message: 'give hdri, sky or colour', input: world });
    if (typeof world.use === 'string' && !given.some((kind) => kind === world.use))
      context.addIssue({ code: 'custom', message: `use names ${world.use}, which is not given`, path: ['use'], input: world.use }); // prettier-ignore
  })
  .describe('What is all around the scene and lights it.');
export type WorldBlock = z.infer<typeof worldSchema>;

/** One of the kinds of world, and only what that kind needs: no frame depends on a panorama that it does not show. */
export function drawWorld(block: WorldBlock): DrawObject {
  const { use, hdri, colour, ...common } = worldValues;
  const given = worldKinds.filter((kind) => block[kind] !== undefined);
  const chosen = drawOf({ use }, { use: block.use ?? { choice: given } });
  const always = drawOf(common, block);
  const ofKind = {
    hdri: drawOf({ hdri }, block),
    colour: drawOf({ colour }, block),
    sky: drawOf(skyValues, block.sky ?? {}),
  };
  return (dice, path): JsonObject => {
    const wanted = chosen(dice, path)['use'];
    const kind = given.find((name) => name === wanted) ?? given[0] ?? 'colour';
    const drawn = always(dice, path);
    const own = ofKind[kind](dice, kind === 'sky' ? [...path, 'sky'] : path);
    // A pool may hold null: then the scene keeps its own world.
    if (kind === 'hdri' && own['hdri'] === null) return {};
    return kind === 'sky' ? { ...drawn, sky: own } : { ...drawn, ...own };
  };
}
