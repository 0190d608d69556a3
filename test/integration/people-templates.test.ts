import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { annotateStage } from '../../stages/annotate/stage.js';
import { frameRecordSchema, type FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { datasetRecordSchema } from '../../stages/lib/dataset/record.js';
import { decodeMask } from '../../stages/lib/imaging/masks.js';
import { renderStage } from '../../stages/render/stage.js';
import { runStage, type StageRun } from '../support/stage-harness.js';

const templates = resolve(import.meta.dirname, '../../templates');
const makehuman = resolve(import.meta.dirname, '../../../shared/data/makehuman');
const assets = resolve(makehuman, '3dobjs/base.obj');
const sizePx = 160;

const cocoPoints = [
  'nose',
  ...['eye', 'ear', 'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'].flatMap((part) => [
    `left_${part}`,
    `right_${part}`,
  ]),
];

function render(scene: string, frames: number, randomize: JsonObject, file = 'room'): Promise<StageRun> {
  return runStage(renderStage, {
    seed: 9,
    baseDirectory: resolve(templates, scene),
    params: {
      scene: `./scene/${file}.py`,
      frames,
      resolution: [sizePx, sizePx],
      engine: { samples: 1, bounces: 1, device: 'cpu' },
      framesPerProcess: frames,
      randomize,
    },
  });
}

function framesOf(run: StageRun): ArtifactReader {
  expect(run.rejected).toEqual({});
  const frames = run.outputs['frames'];
  if (!frames) throw new Error('no frames');
  return frames;
}

async function recordsOf(frames: ArtifactReader): Promise<FrameRecord[]> {
  const records: FrameRecord[] = [];
  for await (const line of frames.readLines('frames.jsonl'))
    records.push(frameRecordSchema.parse(JSON.parse(line)));
  return records;
}

/** How many keypoints that are said to be visible lie inside of the image, and how many of them on their person. */
async function visiblePoints(
  frames: ArtifactReader,
  records: readonly FrameRecord[],
): Promise<{ all: number; onPerson: number }> {
  let [all, onPerson] = [0, 0];
  for (const record of records) {
    const mask = await decodeMask(await frames.readBytes(`${record.id}.mask.png`));
    for (const object of record.objects)
      for (const [x, y, visibility] of Object.values(object.keypoints ?? {})) {
        if (visibility !== 2 || x < 0 || y < 0 || x >= mask.width || y >= mask.height) continue;
        all++;
        if (mask.instances[Math.floor(y) * mask.width + Math.floor(x)] === object.instance) onPerson++;
      }
  }
  return { all, onPerson };
}

const roomCamera = {
  distance: { uniform: [2, 3] },
  azimuth: { uniform: [0, 360] },
  elevation: { uniform: [10, 35] },
  focal: 26,
};

describe('the room of a patient', () => {
  let frames: ArtifactReader;
  let records: FrameRecord[];
  beforeAll(async () => {
    const run = await render('patient-room', 3, {
      camera: roomCamera,
      patient: { choice: ['lying', 'sitting'] },
      spectrum: { choice: ['rgb', 'infrared'] },
      blanket: 0.5,
      staff: 1,
    });
    frames = framesOf(run);
    records = await recordsOf(frames);
  });

  test('shows people of one class with their pose, role and age', () => {
    const people = records.flatMap((record) => record.objects);
    expect(people.length).toBeGreaterThanOrEqual(3);
    for (const person of people) {
      expect(person.class).toBe('person');
      expect(Object.keys(person.attributes).sort()).toEqual(['age', 'pose', 'role']);
    }
    expect(people.some((person) => person.pixelsVisible > 200)).toBe(true);
  });

  test('gives COCO’s seventeen points; the visible ones lie on the person', async () => {
    for (const object of records.flatMap((record) => record.objects))
      expect(Object.keys(object.keypoints ?? {}).sort()).toEqual([...cocoPoints].sort());
    const { all, onPerson } = await visiblePoints(frames, records);
    expect(all).toBeGreaterThan(10);
    // A ray goes through a point, a pixel has an area: at outlines they may differ.
    expect(onPerson / all).toBeGreaterThan(0.9);
  });

  test('a blanket hides knees that would else be seen', () => {
    const lying = records
      .flatMap((record) => record.objects)
      .filter((object) => object.attributes['pose'] === 'lying');
    expect(lying.length).toBeGreaterThan(0);
    for (const { keypoints } of lying)
      for (const knee of ['left_knee', 'right_knee']) expect(keypoints?.[knee]?.[2]).not.toBe(2);
  });

  test('is grey where the spectrum says infrared, and only there', async () => {
    for (const record of records) {
      const data = await sharp(await frames.readBytes(`${record.id}.png`))
        .removeAlpha()
        .raw()
        .toBuffer();
      let coloured = 0;
      for (let at = 0; at < data.length; at += 3) {
        const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 3) coloured++;
      }
      if (record.attributes['spectrum'] === 'infrared') expect(coloured).toBe(0);
      else expect(coloured).toBeGreaterThan(0.3 * sizePx * sizePx);
    }
  });

  test('annotates with keypoints inside of the image', async () => {
    const run = await runStage(annotateStage, {
      params: { minPixels: 40 },
      inputs: { frames },
    });
    const objects = [];
    for await (const line of run.outputs['dataset']?.readLines('records.jsonl') ?? [])
      objects.push(...datasetRecordSchema.parse(JSON.parse(line)).objects);
    expect(objects.length).toBeGreaterThan(0);
    for (const { keypoints } of objects) {
      expect(Object.keys(keypoints ?? {})).toHaveLength(17);
      for (const [x, y] of Object.values(keypoints ?? {})) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x, y)).toBeLessThan(sizePx);
      }
    }
  });
});

describe('the street', () => {
  test('has people of several sizes in one frame', async () => {
    const run = await render(
      'street',
      1,
      {
        camera: { yaw: 6, focal: 26 },
        people: 8,
        cars: 1,
        clutter: 0.2,
        place: 'park',
      },
      'street',
    );
    const [record] = await recordsOf(framesOf(run));
    const heights = (record?.objects ?? [])
      .filter((object) => object.pixelsVisible > 0)
      .map(({ amodalBox }) => (amodalBox ? amodalBox[3] - amodalBox[1] : 0));
    expect(heights.length).toBeGreaterThan(2);
    expect(Math.max(...heights) / Math.min(...heights)).toBeGreaterThan(1.5);
  });
});

describe('the open ground', () => {
  const people = (records: readonly FrameRecord[]) =>
    records.flatMap(({ objects }) => objects.filter(({ pixelsVisible }) => pixelsVisible > 0));

  test.each([
    ['wall', 'indoors', 'tiles'],
    ['stand', 'flash', 'lawn'],
    ['hills', 'dusk', 'boards'],
    ['fence', 'overcast', 'snow'],
    ['houses', 'sunny', 'sand'],
  ])('before a %s (%s, on %s) has the first of its people in sight', async (backdrop, weather, ground) => {
    const camera = { distance: 3.5, focal: 30 };
    const parameters = {
      camera,
      people: 3,
      backdrop,
      weather,
      ground,
      clutter: 0.6,
      foreground: 1,
    };
    const records = await recordsOf(framesOf(await render('street', 1, parameters, 'field')));
    expect(people(records).length).toBeGreaterThan(0);
    expect(records[0]?.attributes).toMatchObject({ backdrop, ground });
  });

  test('is seen from as near as a portrait, the face in the middle, and from afar', async () => {
    const tallest: number[] = [];
    for (const distance of [0.9, 12]) {
      const camera = { distance, focal: 35 };
      const run = await render('street', 1, { camera, people: 1, clutter: 0, foreground: 0 }, 'field');
      const [person] = people(await recordsOf(framesOf(run)));
      if (!person?.amodalBox) throw new Error('no person');
      tallest.push(person.amodalBox[3] - person.amodalBox[1]);
      if (distance < 1)
        expect(Math.abs((person.keypoints?.['nose']?.[1] ?? 0) - sizePx / 2)).toBeLessThan(sizePx / 3);
    }
    expect(tallest[0]).toBeGreaterThan(sizePx);
    expect(tallest[1]).toBeLessThan(sizePx / 4);
  });

  test('refuses a camera that it does not understand', async () => {
    const run = await render('street', 1, { camera: { heigth: 2 } }, 'field');
    expect(Object.values(run.rejected).join()).toMatch(/the field's camera has no heigth; it has: distance/);
  });
});

describe('bodies out of MakeHuman’s assets', () => {
  test.skipIf(!existsSync(assets))(
    'stand in for our own by one parameter, with points and a recorded walk',
    async () => {
      const run = await render('patient-room', 1, {
        camera: roomCamera,
        patient: 'lying',
        blanket: 0,
        staff: 2,
        bodies: { glob: assets },
        motion: { glob: resolve(makehuman, 'animations/walks/*.bvh') },
      });
      const frames = framesOf(run);
      const records = await recordsOf(frames);
      const people = records.flatMap((record) => record.objects);
      expect(people.length).toBeGreaterThan(1);
      for (const { keypoints } of people) expect(Object.keys(keypoints ?? {})).toHaveLength(17);
      const { all, onPerson } = await visiblePoints(frames, records);
      expect(onPerson / all).toBeGreaterThan(0.9);
    },
  );

  test('a folder without them is refused, with what was looked for', async () => {
    const run = await render('patient-room', 1, {
      camera: roomCamera,
      bodies: '/nowhere',
    });
    expect(Object.values(run.rejected).join()).toMatch(
      /\/nowhere: no MakeHuman assets are there: expected 3dobjs\/base\.obj/,
    );
  });
});
