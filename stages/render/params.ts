import { z } from 'zod';
import { DistributionError, parseDistributions } from './distributions.js';
import { engineParamsSchema } from './engine-params.js';
import { passParamsSchema } from './pass-params.js';
import { processParams } from './process-params.js';
import { qualityParamsSchema } from './quality-params.js';

export const renderParamsSchema = z.strictObject({
  scene: z
    .string()
    .describe(
      'The scene: a Python file with build(scene, parameters), or a .blend whose targets carry a custom property `class`. Relative to the pipeline file.',
    ),
  frames: z.number().int().min(1).describe('How many frames. More of them leave the first ones as they are.'),
  resolution: z
    .tuple([z.number().int().min(16).max(8192), z.number().int().min(16).max(8192)])
    .default([416, 416])
    .describe('Width and height in pixels.'),
  engine: engineParamsSchema,
  passes: passParamsSchema,
  quality: qualityParamsSchema,
  randomize: z
    .record(z.string(), z.json())
    .default({})
    .superRefine((tree, context) => {
      try {
        parseDistributions(tree);
      } catch (error) {
        if (!(error instanceof DistributionError)) throw error;
        context.addIssue({ code: 'custom', message: error.problem, path: [...error.path], input: tree });
      }
    })
    .describe(
      'Distributions by the names of the scene’s parameters: uniform, logUniform, integer, normal, choice, weighted, constant, glob, or a plain value; `camera` holds those of the camera (distance, elevation, azimuth, aimX, aimY, focal, roll).',
    ),
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
      'Frames of each variation of the scene that differ in the camera alone. They belong to one group.',
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
});
export type RenderParams = z.infer<typeof renderParamsSchema>;
