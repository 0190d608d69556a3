import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import type { QualityFile } from '../../stages/render/quality/quality-report.js';
import { renderStage } from '../../stages/render/stage.js';
import { killBlenderAfterFrames } from '../support/blender-processes.js';
import { drawsOfFrames, faultyPipeline } from '../support/faulty-scene.js';
import { renderCases } from '../support/render-cases.js';
import { runStage } from '../support/stage-harness.js';
import { itemCounts, Workspace } from '../support/workspace.js';

const scenes = resolve(import.meta.dirname, '../fixtures/scenes');

const params: JsonObject = {
  scene: 'faulty.py',
  frames: 1,
  resolution: [32, 32],
  engine: { samples: 1, device: 'cpu' },
  cameraDraws: 1,
};

test('what Blender does not say by itself fails the frame: an error that Cycles prints, a texture that is not there or damaged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const texture = join(folder, 'bad.png');
  await writeFile(texture, Buffer.from('\x89PNG\r\n\x1a\nrubbish', 'latin1'));
  const run = await renderCases({ seed: 6, baseDirectory: scenes }, params, {
    complaint: { frames: 2, randomize: { at: 2, fault: 'complain' } },
    missing: { randomize: { at: 2, fault: 'texture' } },
    damaged: { randomize: { at: 2, fault: 'damaged texture', texture } },
    fine: { randomize: { fault: 'complain' } },
  });
  expect(run.refusalsOf('complaint')).toHaveLength(2);
  for (const refusal of run.refusalsOf('complaint'))
    expect(refusal).toMatch(/printed while it rendered: CUDA error: out of luck$/);
  expect(run.refusalsOf('missing').join()).toMatch(/texture wallpaper is missing: \/nowhere\/gone\.png/);
  expect(run.refusalsOf('damaged').join()).toMatch(
    /texture wallpaper cannot be read: .*bad\.png is no picture/,
  );
  expect(run.recordsOf('fine')).toHaveLength(1);
});

test('a Blender that has grown too large is replaced, and every frame is made', async () => {
  const run = await runStage(renderStage, {
    seed: 6,
    baseDirectory: scenes,
    params: { ...params, frames: 3, framesPerProcess: 3, randomize: { at: 2, fault: 'grow' }, memoryPerProcessMb: 900 }, // prettier-ignore
  });
  expect(run.rejected).toEqual({});
  expect(run.metrics['frames']).toBe(3);
  expect(run.warnings).toEqual([]);
});

test('a run goes on over a Blender that is killed and a frame that always crashes; only that frame is missing', async () => {
  const frames = 24;
  const scene = await readFile(join(scenes, 'faulty.py'), 'utf8');
  const crashing = drawsOfFrames(frames)[7] ?? 0;
  const workspace = await Workspace.create(
    { 'faulty.py': scene, 'pipeline.yaml': faultyPipeline(frames, crashing) },
    stageRegistry([renderStage]),
  );

  const ended = new AbortController();
  const killed = killBlenderAfterFrames(workspace.directory, 4, ended.signal);
  const first = await workspace.run();
  ended.abort();
  expect(await killed).toBe(true);
  expect(first.stages).toEqual({ frames: 'succeeded' });
  const quality = JSON.parse(await workspace.read('out/frames/quality.json')) as QualityFile;
  expect(quality.quarantined.map(({ id }) => id)).toEqual(['000007']);
  expect(quality.quarantined[0]?.reason).toMatch(/SIGSEGV|exit code 11|exit code 139/);
  expect(quality.frames).toBe(frames - 1);
  expect(first.out).toMatch(/frame 000007 .*is missing|1 frame is missing: .*000007 \(seed \d+\)/);

  const again = await workspace.run();
  expect(again.stages).toEqual({ frames: 'reused' });

  await workspace.write('pipeline.yaml', faultyPipeline(frames + 1, crashing));
  const more = await workspace.run();
  expect(itemCounts(more.events, 'frames')).toEqual({ made: 2, reused: frames - 1 });
});
