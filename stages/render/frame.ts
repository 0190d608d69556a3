import type { JsonObject, JsonValue } from '../../pipeline/core/json.js';
import { derivedSeed } from '../../pipeline/core/seed.js';
import { digestOfJson } from '../../pipeline/core/digest.js';
import type { Item } from '../../pipeline/stage/context.js';
import type { DeviceKind } from '../lib/blender/cycles-device.js';
import type { SceneAssets } from './asset-pools.js';
import type { AssetPool } from './distributions.js';
import type { JobFrame } from './job.js';
import type { RenderParams } from './params.js';
import { randomizerOf, type Randomizer } from './randomize/randomizer.js';
import { targetForBlender } from './targets.js';

/** A frame with all its choices made. */
export interface RenderFrame extends Item {
  readonly description: FrameDescription;
}

/** All that a frame's pixels and record depend on, beside the scene's files, Blender and our own code in it. */
export type FrameDescription = Omit<JobFrame, 'id' | 'files'>;

/** What describing frames needs, read once for all of them. */
export interface FramePlan {
  readonly params: RenderParams;
  readonly seed: number;
  readonly device: DeviceKind;
  readonly assets: AssetPool;
}

/** The frames of a render stage in order. Pure. @throws DistributionError */
export function* framesOf(plan: FramePlan): Generator<RenderFrame> {
  const randomizer = randomizerOf(plan.params.randomize);
  for (let index = 0; index < plan.params.frames; index++)
    yield { id: String(index).padStart(6, '0'), description: describeFrame(plan, index, randomizer) };
}

function describeFrame(plan: FramePlan, index: number, randomizer: Randomizer): FrameDescription {
  const { params, seed } = plan;
  const variation = Math.floor(index / params.views);
  const parameters = randomizer.parameters(plan, ['render', variation, 'scene']);
  const cameras = Array.from({ length: seesThroughOwnCamera(params) ? 0 : params.cameraDraws }, (_, draw) =>
    randomizer.camera(plan, ['render', index, 'camera', draw]),
  );
  const randomize = {
    ...randomizer.scene(plan, ['render', variation, 'randomize']),
    ...randomizer.view(plan, ['render', index, 'randomize']),
  };
  const effects = randomizer.effects(plan, ['render', index, 'effects']);
  const [width, height] = params.resolution;
  return {
    seed: derivedSeed(seed, 'render', variation, 'detail'),
    group: `scene-${digestOfJson([seed, 'render', variation]).slice(0, 16)}`,
    width,
    height,
    engine: { ...params.engine, device: plan.device },
    passes: params.passes,
    parameters: jsonOf(parameters),
    cameras: cameras.map(jsonOf),
    targets: params.targets.map(targetForBlender).map(jsonOf),
    randomize: jsonOf(randomize),
    effects: jsonOf(effects),
    attributes: { ...plainValues(parameters), ...infraredOf(effects), ...params.attributes },
  };
}

/** A .blend has a camera, which stays where it is unless the file says where to put it. */
function seesThroughOwnCamera({ scene, randomize }: RenderParams): boolean {
  return scene.endsWith('.blend') && randomize.camera === undefined;
}

/** Parameters that an evaluation can be sliced by: those with one plain value. */
function plainValues(parameters: JsonObject): Record<string, string | number | boolean> {
  const plain = Object.entries(parameters).filter(
    (entry): entry is [string, string | number | boolean] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'boolean',
  );
  return Object.fromEntries(plain);
}

function infraredOf({ infrared }: JsonObject): { infrared?: boolean } {
  return typeof infrared === 'boolean' ? { infrared } : {};
}

/** A job's JSON has no undefined in it, and neither has what was drawn. */
function jsonOf(value: JsonObject): JobFrame['parameters'] {
  return value as JobFrame['parameters'];
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A value with files in place of the assets that were drawn. @param locate (name, digest) → absolute path */
export function withAssetPaths(
  value: JsonValue,
  locate: (name: string, digest: string) => string,
): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part: JsonValue) => withAssetPaths(part, locate));
  const object = asObject(value);
  const { $asset, digest } = object;
  if (typeof $asset === 'string' && typeof digest === 'string') return locate($asset, digest);
  const entries = Object.entries(object).map(
    ([name, part]) => [name, part === undefined ? part : withAssetPaths(part, locate)] as const,
  );
  return Object.fromEntries(entries);
}

/** A frame as Blender's job has it: paths on this machine take the places of assets. */
export function jobFrameOf({ id, description }: RenderFrame, { locate, files }: SceneAssets): JobFrame {
  const own = new Set<string>();
  const located = (value: JsonValue): JobFrame['parameters'] =>
    jsonOf(
      asObject(
        withAssetPaths(value, (name, digest) => {
          const path = locate(name, digest);
          own.add(path);
          return path;
        }),
      ),
    );
  const { parameters, cameras, randomize } = description;
  return {
    id,
    ...description,
    parameters: located(parameters),
    cameras: cameras.map(located),
    randomize: located(randomize),
    files: [...files, ...own],
  };
}
