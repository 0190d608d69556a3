import { z } from 'zod';
import type { JsonValue } from '../../../pipeline/core/json.js';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { drawOf, type DrawObject } from './draw.js';
import { number, propertiesOf } from './value.js';

/** What is drawn anew for every candidate of a frame's camera. */
const cameraValues = {
  distance: number('Metres from what it looks at.', { min: 0.001 }),
  elevation: number('Degrees above the horizon.', { min: -90, max: 90 }),
  azimuth: number('Degrees around it; 0 is the −y side, counter-clockwise from above.'),
  aimX: number('How far it looks past the aim to the side, as a share of the distance.'),
  aimY: number('The same upwards.'),
  focal: number('Focal length in millimetres.', { min: 1 }),
  sensor: number('Width of the sensor in millimetres (36 when not given).', { min: 1 }),
  roll: number('Degrees by which it is tilted to the side.'),
  target: {
    kind: { kind: 'lookAt' },
    description:
      'What it goes around: a pattern of object names or a place [x, y, z]. Default: what the scene says, else the middle of the targets.',
  },
  jitter: number('Metres by which the aim is moved, in a direction of its own.', { min: 0 }),
} as const;

/** What a camera must hold to be taken; the same for every frame. */
const cameraSettings = {
  mustSee: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of a target that must be in sight. Default 0.3.'),
  seeAll: z.boolean().optional().describe('Of every target, not just of one. Default false.'),
  nearest: z
    .number()
    .min(0)
    .optional()
    .describe('Metres that it keeps from targets. Default 1.1, less where it stands nearer than 2 m.'),
  clearance: z
    .number()
    .min(0)
    .optional()
    .describe('Metres of free space around it. Default 0.35, less where it stands nearer than 2 m.'),
};

/** All that a camera knows without a scene's help. */
export const cameraNames: readonly string[] = [...Object.keys(cameraValues), ...Object.keys(cameraSettings)];

export const cameraSchema = z
  .object({ ...propertiesOf(cameraValues), ...cameraSettings })
  .catchall(z.json())
  .describe(
    'Where the camera stands: candidate draws, of which the first is taken that is not inside of something and has a target in sight. Without it, a .blend is seen through its own camera. A scene with a place_camera of its own may take further names.',
  );
export type CameraBlock = z.infer<typeof cameraSchema>;

/** One candidate: what is given, and the way by which the aim is moved. Names of the scene's own are drawn as they are. */
export function drawCamera(block: CameraBlock): DrawObject {
  const own = Object.keys(block).filter((name) => !(name in cameraValues) && !(name in cameraSettings));
  const unchecked = Object.fromEntries(
    own.map((name) => [name, { kind: { kind: 'any' }, description: '' } as const]),
  );
  const draw = drawOf({ ...cameraValues, ...unchecked }, block);
  return (dice, path) => {
    const { jitter, ...drawn } = draw(dice, path);
    if (typeof jitter !== 'number') return drawn;
    return { ...drawn, offset: direction(dice.seed, [...path, 'offset']).map((part) => part * jitter) };
  };
}

/** What a candidate must hold. */
export function settingsOf(block: CameraBlock): Readonly<Record<string, JsonValue>> {
  const given = Object.keys(cameraSettings).filter((name) => block[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, block[name] as JsonValue]));
}

/** A unit vector, all directions alike (Archimedes: the height on a sphere is uniform). */
function direction(seed: number, path: readonly (string | number)[]): readonly [number, number, number] {
  const stream = new RandomStream(seed, ...path);
  const height = 2 * stream.next() - 1;
  const angle = 2 * Math.PI * stream.next();
  const radius = Math.sqrt(1 - height * height);
  return [radius * Math.cos(angle), radius * Math.sin(angle), height];
}
