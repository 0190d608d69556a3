import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { findBlender } from '../../stages/lib/blender/find-blender.js';
import { renderStage } from '../../stages/render/stage.js';
import { annotateStage } from '../../stages/annotate/stage.js';
import { boxesFromMask } from '../../stages/annotate/boxes-from-mask.js';
import { frameRecordSchema, type FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { datasetRecordSchema, type DatasetRecord } from '../../stages/lib/dataset/record.js';
import { renderCases, type RenderedCases } from '../support/render-cases.js';
import { runStage, type StageRun } from '../support/stage-harness.js';

const scenes = resolve(import.meta.dirname, '../fixtures/scenes');

/** Four metres before a shape of one metre, on its own height. */
const camera = { distance: 4, elevation: 0, azimuth: 0, focal: 35 };

const shared: JsonObject = {
  scene: 'cube.py',
  frames: 1,
  resolution: [128, 96],
  engine: { samples: 2, bounces: 1, device: 'cpu' },
  cameraDraws: 1,
};

/** The params of a case: what is drawn stands beside the common camera. */
function drawing(randomize: JsonObject, params: JsonObject = {}): JsonObject {
  return { ...params, randomize: { camera, ...randomize } };
}

function render(params: JsonObject): Promise<StageRun> {
  const { randomize = {}, ...others } = params;
  return runStage(renderStage, {
    seed: 11,
    baseDirectory: scenes,
    params: { ...shared, ...drawing(randomize as JsonObject, others) },
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

const varied = { light: { strength: { uniform: [0.5, 2] } }, shift: { uniform: [-0.5, 0.5] } };
const views = (persistentData: boolean): JsonObject =>
  drawing(
    {
      shape: { choice: ['cube', 'sphere'] },
      camera: { ...camera, azimuth: { uniform: [0, 360] }, elevation: { uniform: [0, 40] } },
    },
    { frames: 4, views: 2, engine: { samples: 2, device: 'cpu', persistentData } },
  );

describe('the render stage with a real Blender', () => {
  let rendered: RenderedCases;
  beforeAll(async () => {
    rendered = await renderCases({ seed: 11, baseDirectory: scenes }, shared, {
      cube: drawing({}),
      sphere: drawing({ shape: 'sphere' }),
      covered: drawing({ cover: true }),
      cut: drawing({ shift: 2 }),
      nothing: drawing({ shape: 'nothing' }, { frames: 2 }),
      kept: views(true),
      rebuilt: views(false),
      varied: drawing(varied, { frames: 3 }),
      raising: drawing({ fault: { weighted: [['none', 2], ['raise', 1]] } }, { frames: 6 }), // prettier-ignore
    });
  });

  test('the same seed gives the same files, whichever frames were made before in the process', async () => {
    const alone = await renderCases({ seed: 11, baseDirectory: scenes }, shared, {
      varied: drawing(varied, { frames: 2 }),
    });
    for (const frame of [0, 1])
      expect(await alone.digests('varied', frame)).toEqual(await rendered.digests('varied', frame));
    const images = await Promise.all([0, 1, 2].map((frame) => rendered.image('varied', frame)));
    expect(images[0]?.equals(images[1] ?? Buffer.of())).toBe(false);
  });

  test('the mask of a cube lies within a pixel of its projection', async () => {
    const [object] = rendered.record('cube').objects;
    const [seen, ...others] = boxesFromMask(await rendered.mask('cube'));
    expect(others).toEqual([]);
    // The near face, 1 m wide, stands 3.5 m away; focal length in pixels: 35 / 36 · 128.
    const half = ((35 / 36) * 128 * 0.5) / 3.5;
    const expected = [64 - half, 48 - half, 64 + half, 48 + half];
    expect(seen?.instance).toBe(1);
    for (const [side, value] of expected.entries()) {
      expect(Math.abs((seen?.box[side] ?? 0) - value)).toBeLessThanOrEqual(1);
      expect(object?.amodalBox?.[side]).toBeCloseTo(value, 2);
    }
    expect(object).toMatchObject({ class: 'thing', attributes: { shape: 'cube' }, instance: 1 });
    expect(object?.distanceM).toBeCloseTo(4, 3);
  });

  test('the silhouette of a sphere has the size that the projection of a sphere has', async () => {
    const [seen] = boxesFromMask(await rendered.mask('sphere'));
    const radius = ((35 / 36) * 128 * 0.5) / Math.sqrt(4 ** 2 - 0.5 ** 2);
    const expected = [64 - radius, 48 - radius, 64 + radius, 48 + radius];
    for (const [side, value] of expected.entries())
      expect(Math.abs((seen?.box[side] ?? 0) - value)).toBeLessThanOrEqual(1);
    expect(seen?.areaPx ?? 0).toBeGreaterThan(0.97 * Math.PI * radius ** 2);
    expect(seen?.areaPx ?? 0).toBeLessThan(1.03 * Math.PI * radius ** 2);
  });

  test('half a cube behind a board is half visible', () => {
    const [object] = rendered.record('covered').objects;
    const fraction = (object?.pixelsVisible ?? 0) / (object?.pixelsAlone ?? 1);
    expect(Math.abs(fraction - 0.5)).toBeLessThanOrEqual(0.02);
  });

  test('a target that the image cuts off has a box that reaches over the edge', () => {
    const [xmin = 0, , xmax = 0] = rendered.record('cut').objects[0]?.amodalBox ?? [];
    expect(xmin).toBeLessThan(128);
    expect(xmax).toBeGreaterThan(128.5);
  });

  test.each(['workbench', 'eevee'])('%s gives the same mask as cycles gives', async (name) => {
    const run = await render({ engine: { name, samples: 1 } });
    const [record] = await recordsOf(run);
    const pixels = rendered.record('cube').objects[0]?.pixelsVisible ?? 0;
    expect(Math.abs((record?.objects[0]?.pixelsVisible ?? 0) - pixels)).toBeLessThan(0.03 * pixels);
    // The image is the engine's own, not that of the mask.
    expect(run.warnings.join()).not.toMatch(/black/);
  });

  test('persistent data changes no file of a variation’s views', async () => {
    for (const frame of [0, 1, 2, 3])
      expect(await rendered.digests('kept', frame)).toEqual(await rendered.digests('rebuilt', frame));
  });

  test('a frame without a target is kept, and counted', () => {
    expect(rendered.recordsOf('nothing')).toHaveLength(2);
    expect(rendered.warnings.join()).toMatch(
      /2 of \d+ frames show no target; they are kept as negatives: nothing-000000, nothing-000001/,
    );
  });

  test('a scene that raises is named with its file and line, and the other frames stay', () => {
    const refusals = rendered.refusalsOf('raising');
    expect(refusals.length).toBeGreaterThan(0);
    for (const message of refusals) expect(message).toMatch(/cube\.py:\d+: ValueError: the lamp is missing/);
    expect(rendered.records.filter(({ id }) => id.startsWith('raising'))).toHaveLength(6 - refusals.length);
  });

  test('annotating them makes a dataset whose boxes are those of the masks', async () => {
    const run = await runStage(annotateStage, { params: {}, inputs: { frames: rendered.frames } });
    const dataset = run.outputs['dataset'];
    const records: DatasetRecord[] = [];
    for await (const line of dataset?.readLines('records.jsonl') ?? [])
      records.push(datasetRecordSchema.parse(JSON.parse(line)));
    expect(records).toHaveLength(rendered.records.length);
    const of = (name: string): DatasetRecord | undefined =>
      records.find(({ image }) => image.includes(`${name}-000000`));
    for (const name of ['cube', 'sphere']) {
      const [seen] = boxesFromMask(await rendered.mask(name));
      expect(of(name)?.objects).toMatchObject([
        { class: 'thing', box: seen?.box, visibleFraction: 1, truncated: false },
      ]);
    }
    expect(of('cut')?.objects).toMatchObject([{ truncated: true }]);
    expect(of('nothing')?.objects).toEqual([]);
    for (const record of records) {
      expect(record.source.group).toMatch(/^scene-[0-9a-f]{16}$/);
      expect((await dataset?.file(record.image))?.digest).toBe(record.imageDigest);
    }
    expect(run.exhibits).toHaveLength(1);
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
    const request = { seed: 3, baseDirectory: resolve(import.meta.dirname, '../../templates/quickstart') };
    const room: JsonObject = {
      scene: './scene/room.py',
      frames: 2,
      resolution: [96, 96],
      engine: { samples: 1, device: 'cpu' },
      randomize: {
        look: { choice: ['home', 'ward'] },
        people: { integer: [1, 3] },
        camera: { distance: { uniform: [2.5, 5] }, azimuth: { uniform: [0, 360] } },
      },
    };
    const together = await renderCases(request, room, { room: {} });
    const alone = await renderCases(request, room, { room: {} }, (frame) => frame === 1);
    expect(await alone.digests('room', 1)).toEqual(await together.digests('room', 1));
    const objects = together.recordsOf('room').flatMap((record) => record.objects);
    expect(objects.length).toBeGreaterThan(1);
    expect(objects.every((object) => object.class === 'person')).toBe(true);
    expect(objects.some((object) => object.pixelsVisible > 50)).toBe(true);
  });
});
