import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfFile } from '../../pipeline/core/digest.js';
import type { JsonValue } from '../../pipeline/core/json.js';
import { runProcess } from '../../pipeline/executors/process.js';
import type { Host } from '../../pipeline/stage/context.js';
import { blenderCheck } from '../../stages/health/blender.js';
import { blenderTool, type BlenderTool } from '../../stages/lib/blender/blender-tool.js';
import { decodeMask } from '../../stages/lib/imaging/masks.js';
import { runBlender } from '../../stages/render/blender-process.js';
import { framesOf, jobFrameOf } from '../../stages/render/frame.js';
import type { ResultLine } from '../../stages/render/job.js';
import { renderParamsSchema } from '../../stages/render/params.js';
import { customBlender, customBlenderNeeds, hasCustomBlender } from '../support/custom-blender.js';

const scene = resolve(import.meta.dirname, '../fixtures/scenes/shapes.py');
const signal = new AbortController().signal;
const exec: Host['exec'] = (file, args, options = {}) =>
  runProcess(
    file,
    args,
    { ...options, env: { PATH: process.env['PATH'] ?? '', ...options.env } },
    { signal, log: () => undefined },
  );
const host: Host = {
  baseDirectory: '.',
  env: process.env,
  cpuCount: availableParallelism(),
  exec,
  digestOf: (path) => digestOfFile(path),
  remember: async <T extends JsonValue>(_key: JsonValue, compute: () => Promise<T>) => compute(),
};

interface Rendered {
  readonly folder: string;
  readonly records: readonly unknown[];
}

describe.skipIf(!hasCustomBlender)(`a custom Blender with Viewer nodes (${customBlenderNeeds})`, () => {
  let root: string;
  let custom: { readonly path: string; readonly remove: () => Promise<void> };
  let tool: BlenderTool;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-viewer-'));
    custom = await customBlender();
    tool = await blenderTool(host, custom.path);
  });
  afterAll(async () => {
    await custom.remove();
    await rm(root, { recursive: true, force: true });
  });

  async function render(blender: BlenderTool): Promise<Rendered> {
    const params = renderParamsSchema.parse({
      scene,
      frames: 2,
      resolution: [160, 112],
      engine: { samples: 2 },
      randomize: { spin: { uniform: [0, 1] } },
      passes: { depth: true },
      cameraDraws: 1,
    });
    const plan = { params, seed: 3, device: 'cpu', assets: () => [] } as const;
    const frames = [...framesOf(plan)].map((frame) =>
      jobFrameOf(frame, { locate: () => '', files: [scene] }),
    );
    const records: unknown[] = [];
    let folder = '';
    const take = (line: ResultLine, directory: string): Promise<void> => {
      folder = directory;
      if (line.event === 'failed' || line.event === 'fatal') throw new Error(JSON.stringify(line));
      if (line.event === 'finished') records.push(line.record);
      return Promise.resolve();
    };
    const limits = { frameTimeoutMs: 120_000, heartbeatTimeoutMs: 120_000, residentLimitMb: 10_000 };
    const batchDirectory = await mkdtemp(join(root, 'batch-'));
    await runBlender(
      { blender, scene, frames, display: undefined, ...limits },
      { exec, host, batchDirectory },
      take,
    );
    expect(records).toHaveLength(2);
    return { folder, records };
  }

  it('is told from a stock one by doctor', async () => {
    const health = (path: string | undefined): ReturnType<typeof blenderCheck.run> =>
      blenderCheck.run({ env: { ...process.env, BLENDER: path }, storeDirectory: '.', exec });
    expect((await health(custom.path)).detail).toMatchObject({ viewerNodesInBackground: true });
    expect((await health(process.env['BLENDER'])).detail).toMatchObject({ viewerNodesInBackground: false });
  });

  it('gives the same files, byte for byte, whether a mask is read from memory or from a file', async () => {
    expect(tool.viewerNodes).toBe(true);
    const fromMemory = await render(tool);
    const fromFile = await render({ ...tool, viewerNodes: false });
    expect(fromFile.records).toEqual(fromMemory.records);
    for (const id of ['000000', '000001'])
      for (const ending of ['png', 'mask.png', 'depth.png']) {
        const [a, b] = await Promise.all(
          [fromMemory, fromFile].map(({ folder }) => readFile(join(folder, `${id}.${ending}`))),
        );
        expect(a?.equals(b ?? Buffer.alloc(0)), `${id}.${ending}`).toBe(true);
      }
  });

  it('gives the masks and boxes that the stock one gives', async () => {
    const stock = await blenderTool(host);
    expect(stock.viewerNodes).toBe(false);
    expect(stock.build).not.toBe(tool.build);
    const [ours, theirs] = [await render(tool), await render(stock)];
    expect(ours.records).toEqual(theirs.records);
    for (const id of ['000000', '000001']) {
      const [a, b] = await Promise.all(
        [ours, theirs].map(({ folder }) => decodeMask(join(folder, `${id}.mask.png`))),
      );
      expect(a?.instances).toEqual(b?.instances);
    }
  });
});
