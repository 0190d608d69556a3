import type { JsonObject, JsonValue } from '../../pipeline/core/json.js';
import { derivedSeed } from '../../pipeline/core/seed.js';
import { digestOfJson } from '../../pipeline/core/digest.js';
import type { Item } from '../../pipeline/stage/context.js';
import type { DeviceKind } from '../lib/blender/cycles-device.js';
import { parseDistributions, sampleTree, type AssetPool, type DistributionTree } from './distributions.js';
import type { JobFrame } from './job.js';
import type { RenderParams } from './params.js';

/** A frame with all its choices made. */
export interface RenderFrame extends Item {
  readonly description: FrameDescription;
}

/** All that a frame's pixels and record depend on, beside the scene's files, Blender and our own code in it. */
export type FrameDescription = Omit<JobFrame, 'id'>;

/** What describing frames needs, read once for all of them. */
export interface FramePlan {
  readonly params: RenderParams;
  readonly seed: number;
  readonly device: DeviceKind;
  readonly assets: AssetPool;
}

/** The frames of a render stage in order. Pure. @throws DistributionError */
export function* framesOf(plan: FramePlan): Generator<RenderFrame> {
  const { camera, ...scene } = plan.params.randomize;
  const sceneTree = parseDistributions(scene);
  const cameraTree = parseDistributions(camera ?? {}, ['camera']);
  for (let index = 0; index < plan.params.frames; index++)
    yield {
      id: String(index).padStart(6, '0'),
      description: describeFrame(plan, index, sceneTree, cameraTree),
    };
}

function describeFrame(
  plan: FramePlan,
  index: number,
  sceneTree: DistributionTree,
  cameraTree: DistributionTree,
): FrameDescription {
  const { params, seed, assets } = plan;
  const variation = Math.floor(index / params.views);
  const parameters = asObject(sampleTree(sceneTree, seed, ['render', variation, 'scene'], assets));
  const cameras = Array.from({ length: params.cameraDraws }, (_, draw) =>
    asObject(sampleTree(cameraTree, seed, ['render', index, 'camera', draw], assets)),
  );
  const detailSeed = derivedSeed(seed, 'render', variation, 'detail');
  const [width, height] = params.resolution;
  return {
    seed: detailSeed,
    group: `scene-${digestOfJson([seed, 'render', variation]).slice(0, 16)}`,
    width,
    height,
    engine: { ...params.engine, device: plan.device },
    passes: params.passes,
    parameters: parameters as JobFrame['parameters'],
    cameras: cameras as JobFrame['cameras'],
    attributes: { ...plainValues(parameters), ...params.attributes },
  };
}

/** Parameters that an evaluation can be sliced by: those with one plain value. */
function plainValues(parameters: JsonObject): Record<string, string | number | boolean> {
  const plain = Object.entries(parameters).filter(
    (entry): entry is [string, string | number | boolean] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'boolean',
  );
  return Object.fromEntries(plain);
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
export function jobFrameOf(
  { id, description }: RenderFrame,
  locate: (name: string, digest: string) => string,
): JobFrame {
  const located = (value: JsonValue): JobFrame['parameters'] =>
    asObject(withAssetPaths(value, locate)) as JobFrame['parameters'];
  return {
    id,
    ...description,
    parameters: located(description.parameters),
    cameras: description.cameras.map(located),
  };
}
