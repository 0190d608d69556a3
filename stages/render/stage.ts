import { availableParallelism } from 'node:os';
import type { JsonObject } from '../../pipeline/core/json.js';
import { defineMapStage } from '../../pipeline/stage/definition.js';
import type { DeviceKind } from '../lib/blender/cycles-device.js';
import { assetGlobs, assetPool } from './asset-pools.js';
import { framesOf } from './frame.js';
import { renderParamsSchema, type RenderParams } from './params.js';
import { keyOfRandomize } from './randomize/schema.js';
import { targetForBlender } from './targets.js';

const maxFramesAProcess = 200;
/** Where things are, and how Blender is kept in hand, reaches no result. */
const outsideKey: ReadonlySet<string> = new Set<keyof RenderParams>([
  'scene',
  'blender',
  'framesPerProcess',
  'memoryPerProcessMb',
  'frameTimeout',
  'heartbeatTimeout',
  'files',
]);

/** Frames out of a Blender scene, each with the mask of its instances and the record of its objects. */
export const renderStage = defineMapStage({
  kind: 'render',
  summary: 'Renders randomized frames of a Blender scene, with instance masks and object records.',
  revision: 4,
  params: renderParamsSchema,
  takesBucketUrls: true,
  inputs: {},
  outputs: { frames: { type: 'frames', description: 'Images, 16-bit instance masks, frame records.' } },
  seeded: () => true,
  resources: ({ engine: { name, device } }) => ({
    cpu: 1,
    memoryMb: 1500,
    ...(name !== 'cycles' || device === 'cpu' ? {} : device === 'auto' ? { gpuIfAny: 1 } : { gpu: 1 }),
  }),
  sources: (params) => [
    { role: 'scene', pattern: params.scene, required: true, param: ['scene'], named: true },
    ...params.files.map((pattern, index) => ({
      role: 'files',
      pattern,
      required: true,
      param: ['files', index],
      named: true,
    })),
    ...assetGlobs(params).map(({ role, pattern, param }) => ({
      role,
      pattern,
      required: true,
      param,
      named: true,
    })),
  ],
  async findSources(params, host, sources) {
    const { findSceneFiles } = await import('./find-scene-files.js');
    return findSceneFiles(params, host, sources);
  },
  keyParams: (params): JsonObject => ({
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !outsideKey.has(name))),
    script: params.scene.endsWith('.py'),
    targets: params.targets.map(targetForBlender),
    randomize: keyOfRandomize(params.randomize),
  }),
  async tools(params, host) {
    const { blenderIdentity } = await import('./blender-identity.js');
    return blenderIdentity(params, host);
  },
  usesGpuIfAny: (tools) => tools['device'] !== 'cpu',
  async *items(context) {
    const device = context.tools['device'] as DeviceKind;
    yield* framesOf({ params: context.params, seed: context.seed, device, assets: assetPool(context) });
  },
  itemKey: (frame, context) => ({
    frame: frame.description,
    scene: context.sources('scene').map((file) => file.digest),
    files: [...context.sources('scene files'), ...context.sources('files')].map(({ name, digest }) => [
      name,
      digest,
    ]),
  }),
  batchSize: (params) =>
    params.framesPerProcess ??
    Math.max(1, Math.min(maxFramesAProcess, Math.ceil(params.frames / (2 * availableParallelism())))),
  async runBatch(frames, context) {
    const { renderBatch } = await import('./blender-job.js');
    await renderBatch(frames, context);
  },
  async collect(results, context) {
    const { collectFrames } = await import('./collect-frames.js');
    await collectFrames(results, context);
  },
});
