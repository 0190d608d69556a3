import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { defineMapStage } from '../../pipeline/stage/definition.js';
import type { DeviceKind } from '../lib/blender/cycles-device.js';
import { assetGlobs, assetPool } from './asset-pools.js';
import { framesOf } from './frame.js';
import { renderParamsSchema, type RenderParams } from './params.js';

const maxFramesAProcess = 200;
/** Where things are, and how Blender is kept in hand, reaches no result. */
const outsideKey: ReadonlySet<string> = new Set<keyof RenderParams>([
  'scene',
  'blender',
  'framesPerProcess',
  'memoryPerProcessMb',
  'frameTimeout',
  'heartbeatTimeout',
]);

/** Frames out of a Blender scene, each with the mask of its instances and the record of its objects. */
export const renderStage = defineMapStage({
  kind: 'render',
  summary: 'Renders randomized frames of a Blender scene, with instance masks and object records.',
  revision: 2,
  params: renderParamsSchema,
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
    ...(params.scene.endsWith('.py')
      ? [
          {
            role: 'scene modules',
            pattern: join(dirname(params.scene), '*.py'),
            required: false,
            param: ['scene'],
            named: true,
          },
        ]
      : []),
    ...assetGlobs(params).map(({ role, pattern, param }) => ({
      role,
      pattern,
      required: true,
      param,
      named: true,
    })),
  ],
  keyParams: (params) => ({
    script: params.scene.endsWith('.py'),
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !outsideKey.has(name))),
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
    modules: context.sources('scene modules').map((file) => [file.name, file.digest]),
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
