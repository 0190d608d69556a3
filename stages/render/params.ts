import { z } from 'zod';
import { nearestName } from '../../pipeline/core/nearest-name.js';
import { engineParamsSchema } from './engine-params.js';
import { passParamsSchema } from './pass-params.js';
import { processParams } from './process-params.js';
import { qualityParamsSchema } from './quality-params.js';
import { cameraNames } from './randomize/camera.js';
import { blockNames, parametersOf, randomizeSchema, type Randomize } from './randomize/schema.js';
import { targetsSchema } from './targets.js';

export const renderParamsSchema = z
  .strictObject({
    scene: z
      .string()
      .describe(
        'The scene: a Python file with build(scene, parameters), or a .blend. Relative to the pipeline file. What it links to, its textures and the Python modules that it imports are found.',
      ),
    files: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Further files that the scene reads on its own (paths or globs): every frame depends on them. A frame that reads a file which neither this list nor a glob names is refused.',
      ),
    frames: z
      .number()
      .int()
      .min(1)
      .describe('How many frames. More of them leave the first ones as they are.'),
    resolution: z
      .tuple([z.number().int().min(16).max(8192), z.number().int().min(16).max(8192)])
      .default([416, 416])
      .describe('Width and height in pixels.'),
    engine: engineParamsSchema,
    passes: passParamsSchema,
    quality: qualityParamsSchema,
    targets: targetsSchema.default([]),
    randomize: randomizeSchema.prefault({}),
    cameraDraws: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(12)
      .describe(
        'Candidate draws of the camera a frame; the first from which a target is in sight is taken, else the last with room for a camera.',
      ),
    views: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe(
        'Frames of each variation of the scene that differ in camera, occluders and effects alone. They belong to one group.',
      ),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('Attributes of every frame, for slices of the evaluation.'),
    blender: z
      .string()
      .optional()
      .describe('Path of Blender; otherwise $BLENDER, otherwise `blender` on the PATH.'),
    ...processParams,
  })
  .superRefine(expectKnownNames)
  .superRefine(expectStraightPasses);
export type RenderParams = z.infer<typeof renderParamsSchema>;

/** A .blend has no parameters, and no camera code of its own: names that nobody knows are mistakes. */
function expectKnownNames(
  { scene, randomize }: { readonly scene: string; readonly randomize: Randomize },
  context: z.RefinementCtx,
): void {
  if (!scene.endsWith('.blend')) return;
  const complain = (path: readonly string[], what: string, known: readonly string[]): void => {
    const near = nearestName(path.at(-1) ?? '', known);
    const hint = near === undefined ? `It takes: ${known.join(', ')}.` : `Did you mean ${near}?`;
    context.addIssue({ code: 'custom', message: `${what}. ${hint}`, path: [...path], input: randomize });
  };
  const blocks = blockNames.filter((name) => name !== 'parameters');
  for (const name of Object.keys(parametersOf(randomize)))
    complain(
      name in (randomize.parameters ?? {}) ? ['randomize', 'parameters', name] : ['randomize', name],
      `there is nothing called ${name} to randomize in a .blend`,
      blocks,
    );
  for (const name of Object.keys(randomize.camera ?? {}))
    if (!cameraNames.includes(name))
      complain(['randomize', 'camera', name], `a camera has no ${name}`, cameraNames);
}

/** A lens bends the picture and the mask; depth and normals would lie beside them. */
function expectStraightPasses(
  { passes, randomize }: { readonly passes: z.infer<typeof passParamsSchema>; readonly randomize: Randomize },
  context: z.RefinementCtx,
): void {
  if (randomize.effects?.distortion === undefined) return;
  for (const name of ['depth', 'normals'] as const)
    if (passes[name])
      context.addIssue({
        code: 'custom',
        message: `the effect distortion bends picture and mask, but not ${name}; leave one of them out`,
        path: ['passes', name],
        input: passes,
      });
}
