import { z } from 'zod';

/** `passes` of the render stage: what a frame gives beside its image and mask. */
export const passParamsSchema = z
  .strictObject({
    depth: z
      .boolean()
      .default(false)
      .describe(
        '`<id>.depth.png`: the distance from the camera’s plane in millimetres, 16-bit grey; 65535 is farther than 65.534 m, or nothing.',
      ),
    normals: z
      .boolean()
      .default(false)
      .describe(
        '`<id>.normals.png`: directions of surfaces in the world, 16-bit RGB; 0 is −1, 65535 is 1; grey where there is nothing.',
      ),
  })
  .prefault({})
  .describe('Further pictures of each frame.');
