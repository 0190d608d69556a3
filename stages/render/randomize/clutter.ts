import { z } from 'zod';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { drawOf, numberIn, type Dice, type DrawList, type DrawObject } from './draw.js';
import { surfaceValues } from './surface.js';
import { number, oneOf, propertiesOf } from './value.js';

const shapes = ['cube', 'sphere', 'cylinder', 'cone', 'torus', 'board'] as const;

/** Drawn once a frame. */
const clutterCount = {
  count: number('How many there are. Default 1.', { min: 0, max: 500, whole: true }),
} as const;

/** Drawn for each body. */
const bodyValues = {
  ...surfaceValues,
  shape: oneOf(`A primitive: ${shapes.join(', ')}. Default: one of them by chance.`, shapes),
  model: {
    kind: { kind: 'file' },
    description: 'A .blend, .glb or .obj in place of a primitive: { glob: ./props/*.glb }.',
  },
  size: number('Largest side in metres.', { min: 0.001 }),
} as const;

const distractorValues = {
  ...bodyValues,
  distance: number('Metres from the middle of the targets, level. Default 0.5 to 3.', { min: 0 }),
  azimuth: number('Degrees around it. Default 0 to 360.'),
  height: number('Metres above it. Default −0.5 to 0.5.'),
} as const;

const occluderValues = {
  ...bodyValues,
  at: number('Where between the camera (0) and a target (1). Default 0.3 to 0.7.', { min: 0.02, max: 0.98 }),
  aside: number('How far off the line, as a share of its own size. Default −0.8 to 0.8.'),
} as const;

export const distractorsSchema = z
  .strictObject({ ...propertiesOf(clutterCount), ...propertiesOf(distractorValues) })
  .describe(
    'Things that are no targets, put around them where they touch none. Size 0.1 to 0.5 m by default.',
  );
export const occludersSchema = z
  .strictObject({ ...propertiesOf(clutterCount), ...propertiesOf(occluderValues) })
  .describe('Things that stand between the camera and a target. Size 0.1 to 0.4 m by default.');
export type DistractorsBlock = z.infer<typeof distractorsSchema>;
export type OccludersBlock = z.infer<typeof occludersSchema>;

const placesTried = 8;

/** Bodies around the targets, each with a list of places of which Blender takes the first that is free. */
export function drawDistractors(block: DistractorsBlock): DrawList {
  const { distance, azimuth, height, ...body } = distractorValues;
  const where = drawOf({ distance, azimuth, height }, block);
  return drawBodies(drawOf(clutterCount, block), drawOf(body, block), [0.1, 0.5], (dice, path, between) => ({
    places: Array.from({ length: placesTried }, (_, index): JsonObject => {
      const drawn = where(dice, [...path, 'place', index]);
      return {
        distance: drawn['distance'] ?? between(['distance', index], 0.5, 3),
        azimuth: drawn['azimuth'] ?? between(['azimuth', index], 0, 360),
        height: drawn['height'] ?? between(['height', index], -0.5, 0.5),
      };
    }),
  }));
}

/** Bodies between the camera and a target; `which` says which target, as a share of their number. */
export function drawOccluders(block: OccludersBlock): DrawList {
  const { at, aside, ...body } = occluderValues;
  const where = drawOf({ at, aside }, block);
  return drawBodies(drawOf(clutterCount, block), drawOf(body, block), [0.1, 0.4], (dice, path, between) => {
    const drawn = where(dice, path);
    return {
      at: drawn['at'] ?? between(['at'], 0.3, 0.7),
      aside: drawn['aside'] ?? between(['aside'], -0.8, 0.8),
      which: between(['which'], 0, 1),
      angle: between(['angle'], 0, 360),
    };
  });
}

type Between = (path: readonly (string | number)[], low: number, high: number) => number;

function drawBodies(
  once: DrawObject,
  each: DrawObject,
  sizes: readonly [number, number],
  placed: (dice: Dice, path: readonly (string | number)[], between: Between) => JsonObject,
): DrawList {
  return (dice, path) =>
    Array.from({ length: numberIn(once(dice, path), 'count', 1) }, (_, index): JsonObject => {
      const place = [...path, index];
      const between: Between = (name, low, high) =>
        low + (high - low) * new RandomStream(dice.seed, ...place, ...name).next();
      const drawn = each(dice, place);
      const shape = shapes[Math.floor(between(['any shape'], 0, shapes.length))] ?? 'cube';
      return {
        ...(drawn['model'] === undefined || drawn['model'] === null ? { shape } : {}),
        size: between(['size'], ...sizes),
        turn: [0, 1, 2].map((axis) => between(['turn', axis], 0, 360)),
        colour: [0, 1, 2].map((channel) => between(['colour', channel], 0.03, 0.8)),
        ...drawn,
        ...placed(dice, place, between),
      };
    });
}
