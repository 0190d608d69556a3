import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { findBlender } from '../../stages/lib/blender/find-blender.js';
import { renderStage } from '../../stages/render/stage.js';
import { annotateStage } from '../../stages/annotate/stage.js';
import { boxesFromMask } from '../../stages/annotate/boxes-from-mask.js';
import { frameRecordSchema, type FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { datasetRecordSchema } from '../../stages/lib/dataset/record.js';
import type { QualityFile } from '../../stages/render/quality/quality-report.js';
import { decodeMask, type InstanceMask } from '../../stages/lib/imaging/masks.js';
import { runStage, type StageRun } from '../support/stage-harness.js';

const scenes = resolve(import.meta.dirname, '../fixtures/scenes');

/** Four metres before a shape of one metre, on its own height. */
const camera = { distance: 4, elevation: 0, azimuth: 0, focal: 35 };

function render(params: JsonObject): Promise<StageRun> {
  return runStage(renderStage, {
    seed: 11,
    baseDirectory: scenes,
    params: {
      scene: 'cube.py',
      frames: 1,
      resolution: [128, 96],
      engine: { samples: 2, bounces: 1, device: 'cpu' },
      cameraDraws: 1,
      ...params,
      randomize: { camera, ...(params['randomize'] as JsonObject | undefined) },
    },
  });
}

function framesOf(run: StageRun): ArtifactReader {
  const frames = run.outputs['frames'];
  if (!frames) throw new Error('no frames');
  return frames;
}

async function recordsOf(run: StageRun): Promise<FrameRecord[]> {
  const records: FrameRecord[] = [];
  for await (const line of framesOf(run).readLines('frames.jsonl'))
    records.push(frameRecordSchema.parse(JSON.parse(line)));
  return records;
}

async function maskOf(run: StageRun, id: string): Promise<InstanceMask> {
  return decodeMask(await framesOf(run).readBytes(`${id}.mask.png`));
}

const fileDigest = async (run: StageRun, path: string): Promise<string> =>
  (await framesOf(run).file(path)).digest;

describe('the render stage with a real Blender', () => {
  test('the same seed gives the same files, whichever frames were made before in the process', async () => {
    const randomize = { light: { strength: { uniform: [0.5, 2] } }, shift: { uniform: [-0.5, 0.5] } };
    const together = await render({ frames: 3, randomize });
    const alone = await render({ frames: 3, randomize, framesPerProcess: 1 });
    expect(together.rejected).toEqual({});
    for (const id of ['000000', '000001', '000002'])
      for (const path of [`${id}.png`, `${id}.mask.png`, `${id}.json`])
        expect(await fileDigest(alone, path), path).toBe(await fileDigest(together, path));
    expect(await fileDigest(together, '000000.png')).not.toBe(await fileDigest(together, '000001.png'));
  });

  test('the mask of a cube lies within a pixel of its projection', async () => {
    const run = await render({});
    const [record] = await recordsOf(run);
    const [seen, ...others] = boxesFromMask(await maskOf(run, '000000'));
    expect(others).toEqual([]);
    // The near face, 1 m wide, stands 3.5 m away; focal length in pixels: 35 / 36 · 128.
    const half = ((35 / 36) * 128 * 0.5) / 3.5;
    const expected = [64 - half, 48 - half, 64 + half, 48 + half];
    expect(seen?.instance).toBe(1);
    for (const [side, value] of expected.entries()) {
      expect(Math.abs((seen?.box[side] ?? 0) - value)).toBeLessThanOrEqual(1);
      expect(record?.objects[0]?.amodalBox?.[side]).toBeCloseTo(value, 2);
    }
    expect(record?.objects[0]).toMatchObject({ class: 'thing', attributes: { shape: 'cube' }, instance: 1 });
    expect(record?.objects[0]?.distanceM).toBeCloseTo(4, 3);
  });

  test('the silhouette of a sphere has the size that the projection of a sphere has', async () => {
    const run = await render({ randomize: { shape: 'sphere' } });
    const [seen] = boxesFromMask(await maskOf(run, '000000'));
    const radius = ((35 / 36) * 128 * 0.5) / Math.sqrt(4 ** 2 - 0.5 ** 2);
    const expected = [64 - radius, 48 - radius, 64 + radius, 48 + radius];
    for (const [side, value] of expected.entries())
      expect(Math.abs((seen?.box[side] ?? 0) - value)).toBeLessThanOrEqual(1);
    expect(seen?.areaPx ?? 0).toBeGreaterThan(0.97 * Math.PI * radius ** 2);
    expect(seen?.areaPx ?? 0).toBeLessThan(1.03 * Math.PI * radius ** 2);
  });

  test('half a cube behind a board is half visible', async () => {
    const run = await render({ randomize: { cover: true } });
    const object = (await recordsOf(run))[0]?.objects[0];
    const fraction = (object?.pixelsVisible ?? 0) / (object?.pixelsAlone ?? 1);
    expect(Math.abs(fraction - 0.5)).toBeLessThan(0.03);
  });

  test('a target that the image cuts off has a box that reaches over the edge', async () => {
    const cut = await render({ randomize: { shift: 2 } });
    const [xmin = 0, , xmax = 0] = (await recordsOf(cut))[0]?.objects[0]?.amodalBox ?? [];
    expect(xmin).toBeLessThan(128);
    expect(xmax).toBeGreaterThan(128.5);
  });

  test.each(['workbench', 'eevee'])('%s gives the same mask as cycles gives', async (name) => {
    const run = await render({ engine: { name, samples: 1 } });
    const [record] = await recordsOf(run);
    const [reference] = await recordsOf(await render({}));
    const pixels = reference?.objects[0]?.pixelsVisible ?? 0;
    expect(Math.abs((record?.objects[0]?.pixelsVisible ?? 0) - pixels)).toBeLessThan(0.03 * pixels);
    // The image is the engine's own, not that of the mask.
    expect(run.warnings.join()).not.toMatch(/black/);
  });

  test('persistent data changes no file of a variation’s views', async () => {
    const views = (persistentData: boolean): Promise<StageRun> =>
      render({
        frames: 4,
        views: 2,
        engine: { samples: 2, device: 'cpu', persistentData },
        randomize: {
          shape: { choice: ['cube', 'sphere'] },
          camera: { ...camera, azimuth: { uniform: [0, 360] }, elevation: { uniform: [0, 40] } },
        },
      });
    const [kept, rebuilt] = [await views(true), await views(false)];
    expect(kept.rejected).toEqual({});
    for (const id of ['000000', '000001', '000002', '000003'])
      for (const path of [`${id}.png`, `${id}.mask.png`, `${id}.json`])
        expect(await fileDigest(kept, path), path).toBe(await fileDigest(rebuilt, path));
  });

  test('a frame without a target is kept, and counted', async () => {
    const run = await render({ frames: 2, randomize: { shape: 'nothing' } });
    expect(await recordsOf(run)).toHaveLength(2);
    expect(run.warnings.join()).toMatch(/2 of 2 frames show no target/);
  });

  test('a parameter that the scene does not have is refused before the first frame, with the nearest name', async () => {
    await expect(render({ randomize: { shap: 'cube' } })).rejects.toThrow(
      /cube\.py has no parameter shap\. Did you mean shape\?/,
    );
    await expect(render({ randomize: { shape: 'cone' } })).rejects.toThrow(/must be one of cube, sphere/);
    await expect(render({ randomize: { light: { strenght: 1 } } })).rejects.toThrow(
      /Did you mean light\.strength\?/,
    );
  });
});

describe('other scenes', () => {
  test('a .blend is rendered through its own camera; objects with a class are its targets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-blend-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'cube.blend');
    const blender = await findBlender({ env: process.env });
    await execa(blender, ['-b', '--factory-startup', '--python', join(scenes, 'save-blend.py'), '--', path]);
    const run = await render({ scene: path, randomize: {} });
    const [record] = await recordsOf(run);
    const half = ((35 / 36) * 128 * 0.5) / 3.5;
    expect(record?.objects[0]?.class).toBe('thing');
    expect(record?.objects[0]?.amodalBox?.[0]).toBeCloseTo(64 - half, 2);
  });

  test('the room of the quickstart makes the same frame alone and after another one', async () => {
    const room = (extra: JsonObject): Promise<StageRun> =>
      runStage(renderStage, {
        seed: 3,
        baseDirectory: resolve(import.meta.dirname, '../../templates/quickstart'),
        params: {
          scene: './scene/room.py',
          frames: 2,
          resolution: [96, 96],
          engine: { samples: 1, device: 'cpu' },
          randomize: {
            look: { choice: ['home', 'ward'] },
            people: { integer: [1, 3] },
            camera: { distance: { uniform: [2.5, 5] }, azimuth: { uniform: [0, 360] } },
          },
          ...extra,
        },
      });
    const together = await room({});
    const alone = await room({ framesPerProcess: 1 });
    expect(together.rejected).toEqual({});
    for (const path of ['000001.png', '000001.mask.png', '000001.json'])
      expect(await fileDigest(alone, path), path).toBe(await fileDigest(together, path));
    const objects = (await recordsOf(together)).flatMap((record) => record.objects);
    expect(objects.length).toBeGreaterThan(1);
    expect(objects.every((object) => object.class === 'person')).toBe(true);
    expect(objects.some((object) => object.pixelsVisible > 50)).toBe(true);
  });
});

describe('a scene that fails', () => {
  let raised: StageRun;
  let fallen: StageRun;
  const fault = (name: string): JsonObject => ({
    frames: 6,
    randomize: {
      fault: {
        weighted: [
          ['none', 2],
          [name, 1],
        ],
      },
      light: { strength: { uniform: [0.5, 2] } },
    },
  });

  beforeAll(async () => {
    raised = await render(fault('raise'));
    fallen = await render({ ...fault('crash'), maxQuarantined: 5 });
  });

  test('is named with its file and line, and the other frames stay', async () => {
    const failed = Object.keys(raised.rejected);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(6);
    for (const message of Object.values(raised.rejected))
      expect(message).toMatch(/cube\.py:\d+: ValueError: the lamp is missing/);
    expect(await recordsOf(raised)).toHaveLength(6 - failed.length);
  });

  test('and takes Blender down with it costs that frame only, after one more try', async () => {
    const quality = JSON.parse(await framesOf(fallen).readText('quality.json')) as QualityFile;
    const failed = quality.quarantined.map(({ id }) => id);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(6);
    for (const id of failed)
      expect(fallen.warnings.join('\n')).toMatch(
        new RegExp(`frame ${id}.*tried once more[^]*frame ${id}.*SIGKILL.*2 times; it is left out`),
      );
    expect(fallen.rejected).toEqual({});
    expect(await recordsOf(fallen)).toHaveLength(6 - failed.length);
  });
});

describe('annotating what was rendered', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-annotate-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('makes a dataset whose boxes are those of the masks', async () => {
    const frames = framesOf(
      await render({ frames: 2, randomize: { shape: { choice: ['cube', 'sphere'] } } }),
    );
    const run = await runStage(annotateStage, { params: {}, inputs: { frames } });
    const records = [];
    for await (const line of run.outputs['dataset']?.readLines('records.jsonl') ?? [])
      records.push(datasetRecordSchema.parse(JSON.parse(line)));
    expect(records.map((record) => record.objects.map((object) => object.class))).toEqual([
      ['thing'],
      ['thing'],
    ]);
    for (const record of records) {
      expect(record.objects[0]).toMatchObject({ visibleFraction: 1, truncated: false });
      expect(record.source.group).toMatch(/^scene-[0-9a-f]{16}$/);
      expect((await run.outputs['dataset']?.file(record.image))?.digest).toBe(record.imageDigest);
    }
    expect(run.exhibits).toHaveLength(1);
  });
});
