import type { JsonObject, JsonValue } from '../../../pipeline/core/json.js';
import { parseDistributions, sampleTree } from '../distributions.js';
import { drawCamera, settingsOf } from './camera.js';
import { drawDistractors, drawOccluders } from './clutter.js';
import type { Dice, DrawObject } from './draw.js';
import { drawEffects } from './effects.js';
import { drawLights } from './lights.js';
import { drawMaterials } from './materials.js';
import { drawObjects } from './objects.js';
import { parametersOf, type Randomize } from './schema.js';
import { drawWorld } from './world.js';

/** Draws frames out of what a pipeline file randomizes. */
export interface Randomizer {
  /** Arguments of the scene's build(). */
  readonly parameters: DrawObject;
  /** What is done to the built scene, alike for all views of a variation. */
  readonly scene: DrawObject;
  /** One candidate of the camera. */
  readonly camera: DrawObject;
  /** What is done to this frame alone: what its camera must hold, what stands before it. */
  readonly view: DrawObject;
  /** What the picture goes through after the render. */
  readonly effects: DrawObject;
}

/** Reads what is randomized once for all frames. @throws DistributionError */
export function randomizerOf(randomize: Randomize): Randomizer {
  const { camera, lights, world, materials, objects, distractors, occluders, effects } = randomize;
  const parameters = parseDistributions(parametersOf(randomize));
  const sceneParts = present({
    objects: objects && drawObjects(objects),
    distractors: distractors && drawDistractors(distractors),
    materials: materials && drawMaterials(materials),
    lights: lights && drawLights(lights),
    world: world && drawWorld(world),
  });
  const viewParts = present({
    camera: camera && (() => settingsOf(camera)),
    occluders: occluders && drawOccluders(occluders),
  });
  return {
    parameters: ({ seed, assets }, path) => asObject(sampleTree(parameters, seed, path, assets)),
    scene: (dice, path) => drawAll(sceneParts, dice, path),
    camera: drawCamera(camera ?? {}),
    view: (dice, path) => drawAll(viewParts, dice, path),
    effects: drawEffects(effects ?? {}),
  };
}

type Part = (dice: Dice, path: readonly (string | number)[]) => JsonValue;
type Parts = readonly (readonly [string, Part])[];

function present(parts: Readonly<Record<string, Part | undefined>>): Parts {
  return Object.entries(parts).filter((part): part is [string, Part] => part[1] !== undefined);
}

function drawAll(parts: Parts, dice: Dice, path: readonly (string | number)[]): JsonObject {
  return Object.fromEntries(parts.map(([name, draw]) => [name, draw(dice, [...path, name])]));
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
