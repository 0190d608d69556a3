import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../../pipeline/core/json.js';
import { DistributionError, parseDistributions } from '../distributions.js';
import { cameraSchema } from './camera.js';
import { distractorsSchema, occludersSchema } from './clutter.js';
import { effectsSchema } from './effects.js';
import { lightsSchema } from './lights.js';
import { materialsSchema } from './materials.js';
import { objectsSchema } from './objects.js';
import { worldSchema } from './world.js';

const blocks = {
  camera: cameraSchema.optional(),
  lights: lightsSchema.optional(),
  world: worldSchema.optional(),
  materials: materialsSchema.optional(),
  objects: objectsSchema.optional(),
  distractors: distractorsSchema.optional(),
  occluders: occludersSchema.optional(),
  effects: effectsSchema.optional(),
  parameters: z
    .record(z.string(), z.json())
    .optional()
    .describe('Parameters of the scene’s build() that are called like one of these blocks.'),
};

/** The names that are not the scene's parameters. */
export const blockNames: readonly string[] = Object.keys(blocks);

export const randomizeSchema = z
  .object(blocks)
  .catchall(z.json())
  .superRefine((randomize, context) => {
    try {
      parseDistributions(parametersOf(randomize));
    } catch (error) {
      if (!(error instanceof DistributionError)) throw error;
      context.addIssue({ code: 'custom', message: error.problem, path: [...error.path], input: randomize });
    }
  })
  .describe(
    'What differs from frame to frame. Every value may be plain or one of { uniform: [low, high] }, { logUniform: [low, high] }, { integer: [low, high] }, { normal: [mean, deviation] }, { choice: [a, b] }, { weighted: [[a, 3], [b, 1]] }, { constant: value }, { glob: ./files/* }. Names beside the blocks below are parameters of the scene’s build().',
  );
export type Randomize = z.infer<typeof randomizeSchema>;

/** As it stands in keys: what is not given is not there. */
export function keyOfRandomize(randomize: Randomize): JsonObject {
  return JSON.parse(JSON.stringify(randomize)) as JsonObject;
}

/** The scene's own parameters among what is randomized. */
export function parametersOf(randomize: Randomize): JsonObject {
  const own = Object.entries(randomize).filter(([name]) => !blockNames.includes(name));
  // What stands beside the blocks is JSON, as the catchall of the schema says.
  return { ...Object.fromEntries(own as [string, JsonValue][]), ...randomize.parameters };
}
