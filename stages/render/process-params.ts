import { z } from 'zod';
import { durationMs, durationPattern } from '../../pipeline/core/duration.js';

const duration = z
  .string()
  .regex(durationPattern, 'a number with a unit, as in 90s, 10m or 1.5h')
  .refine((text) => !durationPattern.test(text) || durationMs(text) > 0, 'must be longer than nothing');

/** How the render stage keeps Blender in hand over many frames. None of it reaches a frame's pixels. */
export const processParams = {
  framesPerProcess: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Frames that one Blender process renders before it is replaced. Default: shared evenly, at most 200.',
    ),
  memoryPerProcessMb: z
    .number()
    .int()
    .min(256)
    .default(6000)
    .describe('A Blender process that has more MiB of memory after a frame is replaced by a fresh one.'),
  frameTimeout: duration
    .default('30m')
    .describe(
      'A frame that takes longer is given up, as after a crash: `90s`, `10m`. So is loading the scene.',
    ),
  heartbeatTimeout: duration
    .default('10m')
    .describe(
      'How long Blender may show no sign of life (it beats every two seconds, but not while one long step holds Python) before it counts as hung.',
    ),
  maxQuarantined: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'How many frames may be missing because Blender crashed or hung on them twice. They are named; one more fails the stage. Default: one in a hundred, rounded up.',
    ),
  retryQuarantined: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      'Raise it to try the frames again that an earlier run gave up; all others are taken as they are.',
    ),
};
