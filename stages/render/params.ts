import { z } from 'zod';
import { nearestName } from '../../pipeline/core/nearest-name.js';
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
    engine: z
      .strictObject({
        name: z.enum(['cycles', 'workbench']).default('cycles').describe('Blender’s render engine.'),
        samples: z.number().int().min(1).max(65536).default(24).describe('Samples a pixel (cycles).'),
        bounces: z
          .number()
          .int()
          .min(0)
          .max(64)
          .default(2)
          .describe('How often light is followed on (cycles).'),
        device: z
          .enum(['auto', 'cpu', 'gpu'])
          .default('auto')
          .describe('auto takes the GPU when Cycles sees one; gpu without a GPU is an error.'),
      })
      .prefault({})
      .describe('How frames are rendered.'),
    targets: targetsSchema.default([]),
    randomize: randomizeSchema.prefault({}),
    cameraDraws: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(12)
      .describe(
        'Candidate draws of the camera a frame; the first from which a target is in sight is taken, else the last.',
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
    framesPerProcess: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'Frames that one Blender process renders before it is replaced. Default: shared evenly, at most 50.',
      ),
  })
  .superRefine(expectKnownNames);
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
