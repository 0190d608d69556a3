import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import type { QualityFile } from '../../stages/render/quality/quality-report.js';
import { renderStage } from '../../stages/render/stage.js';
import { killBlenderAfterFrames } from '../support/blender-processes.js';
import { drawsOfFrames, faultyPipeline } from '../support/faulty-scene.js';
import { runStage, type StageRun } from '../support/stage-harness.js';
import { itemCounts, Workspace } from '../support/workspace.js';

const scenes = resolve(import.meta.dirname, '../fixtures/scenes');

function render(params: JsonObject): Promise<StageRun> {
  return runStage(renderStage, {
    seed: 6,
    baseDirectory: scenes,
    params: {
      scene: 'faulty.py',
      frames: 2,
      resolution: [32, 32],
      engine: { samples: 1, device: 'cpu' },
      cameraDraws: 1,
      ...params,
    },
  });
}

describe('what Blender does not say by itself', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
    await writeFile(join(folder, 'bad.png'), Buffer.from('\x89PNG\r\n\x1a\nrubbish', 'latin1'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('an error that Cycles prints past Python fails the frame, with its words', async () => {
    const run = await render({ randomize: { at: 2, fault: 'complain' } });
    expect(Object.keys(run.rejected)).toEqual(['000000', '000001']);
    expect(run.rejected['000000']).toMatch(/printed while it rendered: CUDA error: out of luck$/);
  });

  it('a texture that is missing or damaged fails the frame, with its path', async () => {
    const missing = await render({ frames: 1, randomize: { at: 2, fault: 'texture' } });
    expect(missing.rejected['000000']).toMatch(/texture wallpaper is missing: \/nowhere\/gone\.png/);
    const texture = join(folder, 'bad.png');
    const damaged = await render({ frames: 1, randomize: { at: 2, fault: 'damaged texture', texture } });
    expect(damaged.rejected['000000']).toMatch(/texture wallpaper cannot be read: .*bad\.png is no picture/);
  });
});

it('a Blender that has grown too large is replaced, and every frame is made', async () => {
  const run = await render({ frames: 5, randomize: { at: 2, fault: 'grow' }, memoryPerProcessMb: 900 });
  expect(run.rejected).toEqual({});
  expect(run.metrics['frames']).toBe(5);
  expect(run.warnings).toEqual([]);
});

it('a frame in which no heart beats is tried twice, then left out', async () => {
  const run = await render({
    randomize: {
      at: {
        weighted: [
          [2, 1],
          [-1, 1],
        ],
      },
      fault: 'hold',
    },
    maxQuarantined: 1,
    heartbeatTimeout: '12s',
  });
  expect(run.metrics['frames']).toBe(1);
  expect(run.warnings.join('\n')).toContain(
    'frame 000000: Blender ended without a sign of life (heartbeatTimeout: 12s) while it made this frame, 2 times',
  );
});

it('a run goes on over a Blender that is killed and a frame that always crashes; only that frame is missing', async () => {
  const scene = await readFile(join(scenes, 'faulty.py'), 'utf8');
  const workspace = await Workspace.create(
    { 'faulty.py': scene, 'pipeline.yaml': faultyPipeline(40, 2) },
    stageRegistry([renderStage]),
  );
  const draws = await drawsOfFrames(40, scene);
  await workspace.write('pipeline.yaml', faultyPipeline(40, draws[7] ?? 0));

  const ended = new AbortController();
  const killed = killBlenderAfterFrames(workspace.directory, 4, ended.signal);
  const first = await workspace.run();
  ended.abort();
  expect(await killed).toBe(true);
  expect(first.stages).toEqual({ frames: 'succeeded' });
  const quality = JSON.parse(await workspace.read('out/frames/quality.json')) as QualityFile;
  expect(quality.quarantined.map(({ id }) => id)).toEqual(['000007']);
  expect(quality.quarantined[0]?.reason).toMatch(/SIGSEGV|exit code 11|exit code 139/);
  expect(quality.frames).toBe(39);
  expect(first.out).toMatch(/frame 000007 .*is missing|1 frame is missing: .*000007 \(seed \d+\)/);

  const again = await workspace.run();
  expect(again.stages).toEqual({ frames: 'reused' });

  await workspace.write('pipeline.yaml', faultyPipeline(41, draws[7] ?? 0));
  const more = await workspace.run();
  expect(itemCounts(more.events, 'frames')).toEqual({ made: 2, reused: 39 });
});
