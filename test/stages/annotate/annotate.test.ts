import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { annotateStage } from '../../../stages/annotate/stage.js';
import { boxesFromMask } from '../../../stages/annotate/boxes-from-mask.js';
import type { FrameRecord } from '../../../stages/lib/dataset/frame-record.js';
import { datasetHeaderSchema, datasetRecordSchema } from '../../../stages/lib/dataset/record.js';
import { decodeMask, type InstanceMask } from '../../../stages/lib/imaging/masks.js';
import { folderArtifact, runStage, type StageRun } from '../../support/stage-harness.js';

function maskPng({ width, height, instances }: InstanceMask): Promise<Buffer> {
  return sharp(instances, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}

/** A mask with filled rectangles [xmin, ymin, xmax, ymax] painted over each other. */
function maskOf(width: number, height: number, painted: readonly [number, number[]][]): InstanceMask {
  const instances = new Uint16Array(width * height);
  for (const [instance, [xmin = 0, ymin = 0, xmax = 0, ymax = 0]] of painted)
    for (let y = ymin; y < ymax; y++) instances.fill(instance, y * width + xmin, y * width + xmax);
  return { width, height, instances };
}

type FrameObject = FrameRecord['objects'][number];

const objectOf = (instance: number, pixelsVisible: number, rest: Partial<FrameObject> = {}): FrameObject => ({
  instance,
  class: 'person',
  attributes: { pose: 'standing' },
  amodalBox: [2, 2, 10, 10],
  pixelsAlone: pixelsVisible,
  pixelsVisible,
  distanceM: 3,
  ...rest,
});

async function annotate(
  frames: readonly { mask: InstanceMask; objects: readonly FrameObject[]; maskFile?: Buffer | null }[],
  params: JsonObject = { minPixels: 4 },
): Promise<StageRun> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-frames-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true });
  const lines: string[] = [];
  for (const [index, { mask, objects, maskFile }] of frames.entries()) {
    const id = String(index).padStart(6, '0');
    const { width, height } = mask;
    const record: FrameRecord = {
      version: 1,
      id,
      width,
      height,
      group: `group-${index}`,
      attributes: { look: 'home' },
      objects: [...objects],
      camera: { worldToCamera: new Array<number>(16).fill(0), intrinsics: new Array<number>(9).fill(0) },
    };
    lines.push(`${JSON.stringify(record)}\n`);
    const image = sharp({ create: { width, height, channels: 3, background: { r: index, g: 9, b: 9 } } });
    await writeFile(join(folder, `${id}.png`), await image.png().toBuffer());
    if (maskFile !== null) await writeFile(join(folder, `${id}.mask.png`), maskFile ?? (await maskPng(mask)));
  }
  await writeFile(join(folder, 'frames.jsonl'), lines.join(''));
  return runStage(annotateStage, { params, inputs: { frames: await folderArtifact('frames', folder) } });
}

async function recordsOf(run: StageRun) {
  const records = [];
  for await (const line of run.outputs['dataset']?.readLines('records.jsonl') ?? [])
    records.push(datasetRecordSchema.parse(JSON.parse(line)));
  return records;
}

describe('boxes out of a mask', () => {
  test('are those that counting pixel by pixel gives', () => {
    const mask = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc
          .array(fc.constantFrom(0, 0, 1, 2, 65535), { minLength: width * height, maxLength: width * height })
          .map((values) => ({ width, height, instances: Uint16Array.from(values) })),
      );
    fc.assert(
      fc.property(mask, ({ width, height, instances }) => {
        const expected = [1, 2, 65535].flatMap((instance) => {
          const at = [...instances.keys()].filter((index) => instances[index] === instance);
          if (at.length === 0) return [];
          const xs = at.map((index) => index % width);
          const ys = at.map((index) => Math.floor(index / width));
          const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
          return [{ instance, box, areaPx: at.length }];
        });
        expect(boxesFromMask({ width, height, instances })).toEqual(expected);
      }),
    );
  });

  test('decoding a mask loses no bit', async () => {
    const instances = Uint16Array.from({ length: 256 * 256 }, (_, index) => index);
    const decoded = await decodeMask(await maskPng({ width: 256, height: 256, instances }));
    expect(decoded.instances).toEqual(instances);
  });

  test('a picture of eight bits is no mask', async () => {
    const grey = await sharp(Buffer.alloc(16), { raw: { width: 4, height: 4, channels: 1 } })
      .png()
      .toBuffer();
    await expect(decodeMask(grey)).rejects.toThrow(/grey PNG of 16 bits/);
  });
});

describe('the annotate stage', () => {
  test('carries keypoints over; those outside of the image are not known', async () => {
    const keypoints: FrameObject['keypoints'] = {
      nose: [5.25, 3, 2],
      left_hip: [6, 7, 1],
      left_knee: [5, 16, 2],
      right_knee: [-0.5, 8, 1],
      left_ear: [0, 0, 0],
    };
    const run = await annotate([
      { mask: maskOf(16, 16, [[1, [2, 2, 10, 10]]]), objects: [objectOf(1, 64, { keypoints })] },
    ]);
    const [record] = await recordsOf(run);
    expect(record?.objects[0]?.keypoints).toEqual({
      nose: [5.25, 3, 2],
      left_hip: [6, 7, 1],
      left_knee: [0, 0, 0],
      right_knee: [0, 0, 0],
      left_ear: [0, 0, 0],
    });
  });

  test('gives tight boxes, visible fraction, truncation, group and attributes', async () => {
    const run = await annotate([
      {
        mask: maskOf(20, 16, [
          [1, [2, 2, 10, 10]],
          [2, [6, 0, 20, 16]],
        ]),
        objects: [
          objectOf(1, 32, { pixelsAlone: 64 }),
          objectOf(2, 224, { amodalBox: [6, -0.4, 20.6, 16.2] }),
        ],
      },
    ]);
    const [record] = await recordsOf(run);
    expect(record).toMatchObject({
      id: '000000',
      source: { group: 'group-0' },
      attributes: { look: 'home' },
    });
    expect(record?.objects).toMatchObject([
      {
        box: [2, 2, 6, 10],
        visibleFraction: 0.5,
        truncated: false,
        areaPx: 32,
        attributes: { pose: 'standing' },
      },
      { box: [6, 0, 20, 16], visibleFraction: 1, truncated: true, areaPx: 224 },
    ]);
    const header = datasetHeaderSchema.parse(
      JSON.parse((await run.outputs['dataset']?.readText('dataset.json')) ?? ''),
    );
    expect(header).toEqual({ version: 1, classes: ['person'], imageCount: 1, objectCount: 2 });
  });

  test('an object over the edge by half a pixel is not cut off, by more it is', async () => {
    const mask = maskOf(12, 12, [[1, [0, 0, 4, 4]]]);
    for (const [xmin, truncated] of [
      [-0.5, false],
      [-0.51, true],
    ] as const) {
      const run = await annotate([{ mask, objects: [objectOf(1, 16, { amodalBox: [xmin, 0, 4, 4] })] }]);
      expect((await recordsOf(run))[0]?.objects[0]?.truncated).toBe(truncated);
    }
  });

  test('what is hidden, small or of another class is left out and counted; an empty image stays', async () => {
    const run = await annotate(
      [
        {
          mask: maskOf(20, 20, [
            [1, [0, 0, 2, 2]],
            [2, [5, 5, 10, 10]],
            [3, [12, 12, 18, 18]],
          ]),
          objects: [
            objectOf(1, 4),
            objectOf(2, 25, { pixelsAlone: 1000 }),
            objectOf(3, 36, { class: 'dog' }),
            objectOf(4, 0, { pixelsAlone: 50 }),
          ],
        },
      ],
      { minPixels: 5, minVisible: 0.1, classes: ['person'] },
    );
    expect((await recordsOf(run))[0]?.objects).toEqual([]);
    expect(run.warnings[0]).toBe(
      'Objects left out: 1 of other classes; 1 of which less than 0.1 can be seen; 1 with fewer than 5 visible pixels.',
    );
    expect(run.warnings[1]).toMatch(/1 of 1 images have no object; they are kept as negatives/);
  });

  test('a missing, broken or foreign mask is named with its frame', async () => {
    const mask = maskOf(12, 12, [[1, [0, 0, 4, 4]]]);
    const good = { mask, objects: [objectOf(1, 16)] };
    await expect(annotate([good, { ...good, maskFile: null }])).rejects.toMatchObject({
      message: '1 of 2 frames have no usable mask.',
      details: ['frame 000001: 000001.mask.png is missing'],
    });
    const whole = await maskPng(mask);
    const failure = async (frame: Parameters<typeof annotate>[0][number], reason: RegExp): Promise<void> =>
      expect(annotate([frame])).rejects.toMatchObject({ details: [expect.stringMatching(reason)] });
    await failure(
      { ...good, maskFile: whole.subarray(0, whole.length - 20) },
      /frame 000000: 000000\.mask\.png: /,
    );
    await failure({ ...good, objects: [objectOf(1, 17)] }, /shows 16 pixels of instance 1, the record 17/);
    await failure({ ...good, objects: [] }, /instance 1, which the record does not know/);
  });
});
