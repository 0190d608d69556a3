import { availableParallelism } from 'node:os';
import type { JsonObject } from '../../pipeline/core/json.js';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineMapStage } from '../../pipeline/stage/definition.js';
import type { Host } from '../../pipeline/stage/context.js';
import { assetGlobs, assetPool } from './asset-pools.js';
import { framesOf } from './frame.js';
import { renderParamsSchema, type RenderParams } from './params.js';
import { keyOfRandomize } from './randomize/schema.js';
import { targetForBlender } from './targets.js';

const maxFramesAProcess = 50;

/** Frames out of a Blender scene, each with the mask of its instances and the record of its objects. */
export const renderStage = defineMapStage({
  kind: 'render',
  summary: 'Renders randomized frames of a Blender scene, with instance masks and object records.',
  revision: 1,
  params: renderParamsSchema,
  inputs: {},
  outputs: { frames: { type: 'frames', description: 'Images, 16-bit instance masks, frame records.' } },
  seeded: () => true,
  resources: (params) => ({ cpu: 1, memoryMb: 1500, ...(params.engine.device === 'gpu' ? { gpu: 1 } : {}) }),
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
  keyParams: ({
    scene,
    frames,
    resolution,
    engine,
    targets,
    randomize,
    cameraDraws,
    views,
    attributes,
  }): JsonObject => ({
    script: scene.endsWith('.py'),
    frames,
    resolution,
    engine,
    targets: targets.map(targetForBlender),
    randomize: keyOfRandomize(randomize),
    cameraDraws,
    views,
    attributes,
  }),
  tools: blenderIdentity,
  async *items(context) {
    const device = context.tools['device'] === 'gpu' ? 'gpu' : 'cpu';
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

/** Blender's build, our own code in it and the class of the device: other pixels come of others. */
async function blenderIdentity(params: RenderParams, host: Host): Promise<JsonObject> {
  const { blenderTool } = await import('../lib/blender/blender-tool.js');
  const { blenderCodeDigest } = await import('./blender-code.js');
  const blender = await blenderTool(host, params.blender);
  const { device } = params.engine;
  if (device === 'gpu' && !blender.hasGpu)
    throw new UserError('engine.device is gpu, but Cycles finds no GPU on this machine.', {
      hint: 'Use device: cpu or auto, or a machine whose GPU `blender` lists under Preferences, System.',
    });
  return {
    blender: { version: blender.version, build: blender.build },
    device: device !== 'cpu' && blender.hasGpu ? 'gpu' : 'cpu',
    code: await blenderCodeDigest(),
    // Blur and JPEG are made by it; frames without effects do not depend on it.
    ...(params.randomize.effects === undefined
      ? {}
      : { vips: (await import('sharp')).default.versions.vips }),
  };
}
