import { z } from 'zod';
import { wantedDevices } from '../lib/blender/cycles-device.js';

/** `engine` of the render stage: by what, on what and how well frames are rendered. */
export const engineParamsSchema = z
  .strictObject({
    name: z
      .enum(['cycles', 'eevee', 'workbench'])
      .default('cycles')
      .describe(
        'Blender’s render engine. Masks and passes come of Cycles whichever it is. eevee starts Xvfb by itself where there is no display.',
      ),
    samples: z
      .number()
      .int()
      .min(1)
      .max(65536)
      .default(24)
      .describe('Samples a pixel (cycles and eevee); with adaptive sampling, the most.'),
    bounces: z.number().int().min(0).max(64).default(2).describe('How often light is followed on (cycles).'),
    device: z
      .enum(wantedDevices)
      .default('auto')
      .describe(
        'What Cycles renders on. auto takes a GPU when Cycles sees one; gpu, or a kind of it, is an error where it is not there.',
      ),
    denoise: z
      .boolean()
      .default(false)
      .describe('Remove noise after the render (cycles); an error with a Blender that has no denoiser.'),
    adaptiveThreshold: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'Adaptive sampling (cycles): the noise at which a pixel is done, as .01; 0 gives every pixel all samples.',
      ),
    persistentData: z
      .boolean()
      .default(false)
      .describe(
        'Keep a variation’s scene in memory between its `views`, where only the camera moves: faster, and takes more memory.',
      ),
  })
  .prefault({})
  .superRefine((engine, context) => {
    if (engine.name === 'cycles') return;
    const refuse = (name: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [name], message, input: engine });
    if (engine.device !== 'auto' && engine.device !== 'cpu')
      refuse(
        'device',
        `only cycles renders on a chosen device; ${engine.name} takes the graphics card of its display`,
      );
    if (engine.denoise) refuse('denoise', `only cycles has a denoiser, not ${engine.name}`);
    if (engine.adaptiveThreshold > 0)
      refuse('adaptiveThreshold', `only cycles samples adaptively, not ${engine.name}`);
  })
  .describe('How frames are rendered.');
