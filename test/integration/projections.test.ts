import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { frameRecordSchema, type FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { decodeMask, type InstanceMask } from '../../stages/lib/imaging/masks.js';
import { maskComponents } from '../../stages/lib/imaging/mask-components.js';
import { renderStage } from '../../stages/render/stage.js';
import { runStage } from '../support/stage-harness.js';

const width = 480;
const height = 320;
/** 35 mm on a sensor of 36 mm, along the longer side. */
const focalPx = (35 / 36) * width;
/** How far the camera stands from the plane y = 0 of test/fixtures/scenes/shapes.py. */
const cameraM = 10;

type Box = readonly [number, number, number, number];
type Point = readonly [x: number, depth: number, up: number];

const pixelX = (x: number, depth: number): number => width / 2 + (focalPx * x) / depth;
const pixelY = (up: number, depth: number): number => height / 2 - (focalPx * up) / depth;

function boxOfPoints(points: readonly Point[]): Box {
  const xs = points.map(([x, depth]) => pixelX(x, depth));
  const ys = points.map(([, depth, up]) => pixelY(up, depth));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function cube([x, y, up]: readonly [number, number, number], edge: number): Box {
  const h = edge / 2;
  const signs = [-h, h];
  return boxOfPoints(
    signs.flatMap((dx) =>
      signs.flatMap((dy) => signs.map((dz): Point => [x + dx, cameraM + y + dy, up + dz])),
    ),
  );
}

function board([x, y, up]: readonly [number, number, number], edge: number): Box {
  const h = edge / 2;
  return boxOfPoints([
    [x - h, cameraM + y, up - h],
    [x + h, cameraM + y, up + h],
  ]);
}

/** The planes through the camera that touch a sphere: x / depth = (x·z ± r·√(x² + z² − r²)) / (z² − r²). */
function sphere([x, y, up]: readonly [number, number, number], radius: number): Box {
  const z = cameraM + y;
  const slopes = (across: number): readonly [number, number] => {
    const root = radius * Math.sqrt(across ** 2 + z ** 2 - radius ** 2);
    const below = z ** 2 - radius ** 2;
    return [(across * z - root) / below, (across * z + root) / below];
  };
  const [left, right] = slopes(x);
  const [low, high] = slopes(up);
  return [
    width / 2 + focalPx * left,
    height / 2 - focalPx * high,
    width / 2 + focalPx * right,
    height / 2 - focalPx * low,
  ];
}

const expected: Readonly<Record<string, Box>> = {
  cube: cube([-3.5, 0, 2.2], 1.2),
  sphere: sphere([3.4, 0, 2.3], 0.7),
  'far-board': board([-0.5, 2, 0.4], 2),
  'near-board': board([-1, 0, 0.333333], 1.666667),
  hidden: sphere([2, 3, 0], 0.3),
  screen: board([1.7, 1, 0], 1.2),
  cut: sphere([-4.75, 0, -2], 0.8),
  tiny: cube([0.05, 0, -2.4], 0.12),
};

function clipped([xmin, ymin, xmax, ymax]: Box): Box {
  return [Math.max(0, xmin), Math.max(0, ymin), Math.min(width, xmax), Math.min(height, ymax)];
}

function area([xmin, ymin, xmax, ymax]: Box): number {
  return Math.max(0, xmax - xmin) * Math.max(0, ymax - ymin);
}

function shared(a: Box, b: Box): number {
  return area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
}

const boxOf = (name: string): Box => {
  const box = expected[name];
  if (!box) throw new Error(`no shape ${name}`);
  return box;
};

describe.each(['cycles', 'workbench'])('a frame of known shapes, made by %s', (engine) => {
  let frames: ArtifactReader;
  let record: FrameRecord;
  let mask: InstanceMask;
  const seen = new Map<string, Box>();
  beforeAll(async () => {
    const run = await runStage(renderStage, {
      seed: 5,
      baseDirectory: resolve(import.meta.dirname, '../fixtures/scenes'),
      params: {
        scene: 'shapes.py',
        frames: 1,
        resolution: [width, height],
        engine: { name: engine, samples: 1, device: 'cpu' },
        passes: { depth: true, normals: true },
        cameraDraws: 1,
      },
    });
    expect(run.rejected).toEqual({});
    const artifact = run.outputs['frames'];
    if (!artifact) throw new Error('no frames');
    frames = artifact;
    record = frameRecordSchema.parse(JSON.parse(await frames.readText('000000.json')));
    mask = await decodeMask(await frames.readBytes('000000.mask.png'));
    const classes = new Map(record.objects.map((object) => [object.instance, object.class]));
    for (const { instance, box } of maskComponents(mask)) seen.set(classes.get(instance) ?? '?', box);
    expect(run.warnings.filter((warning) => /agree|stray/.test(warning))).toEqual([]);
  });
  const objectOf = (name: string): FrameRecord['objects'][number] => {
    const object = record.objects.find((other) => other.class === name);
    if (!object) throw new Error(`no ${name} in the record`);
    return object;
  };
  const visibleFraction = (name: string): number => {
    const { pixelsVisible, pixelsAlone } = objectOf(name);
    return pixelsVisible / pixelsAlone;
  };

  it.each(Object.keys(expected))('the amodal box of %s is its projection, within half a pixel', (name) => {
    for (const [side, value] of boxOf(name).entries())
      expect(Math.abs((objectOf(name).amodalBox?.[side] ?? NaN) - value)).toBeLessThanOrEqual(0.5);
  });

  it.each(['cube', 'sphere', 'near-board', 'screen', 'cut', 'tiny'])(
    'the mask of %s, which nothing hides, fills its projection within a pixel, up to the image’s edge',
    (name) => {
      for (const [side, value] of clipped(boxOf(name)).entries())
        expect(Math.abs((seen.get(name)?.[side] ?? NaN) - value)).toBeLessThanOrEqual(1);
      expect(visibleFraction(name)).toBeGreaterThanOrEqual(0.98);
    },
  );

  it('a board behind another one is visible but for the share that they have in common', () => {
    const far = boxOf('far-board');
    const share = 1 - shared(far, boxOf('near-board')) / area(far);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
    expect(Math.abs(visibleFraction('far-board') - share)).toBeLessThanOrEqual(0.02);
  });

  it('what stands behind a screen is in the record, with no pixel of the mask', () => {
    expect(objectOf('hidden').pixelsVisible).toBe(0);
    expect(objectOf('hidden').pixelsAlone).toBeGreaterThan(0.9 * (Math.PI / 4) * area(boxOf('hidden')));
    expect(seen.has('hidden')).toBe(false);
  });

  it('of what the image cuts off, the amodal box reaches over the edge and the pixels are those inside', () => {
    const [xmin, , xmax] = boxOf('cut');
    expect(xmin).toBeLessThan(-1);
    expect(xmax).toBeGreaterThan(1);
    expect(objectOf('cut').pixelsVisible).toBeLessThanOrEqual(area(clipped(boxOf('cut'))));
    expect(visibleFraction('cut')).toBeGreaterThanOrEqual(0.98);
  });

  it('what is aside of the image or behind the camera has no pixels', () => {
    for (const name of ['aside', 'behind'])
      expect(objectOf(name)).toMatchObject({ pixelsVisible: 0, pixelsAlone: 0 });
    expect(objectOf('behind').amodalBox).toBeNull();
    expect(objectOf('aside').amodalBox?.[0]).toBeGreaterThan(width);
  });

  it('depth is the distance from the camera’s plane in millimetres, and all there is where nothing is', async () => {
    const depth = await decodeMask(await frames.readBytes('000000.depth.png'));
    const at = (name: string): number => {
      const [xmin, ymin, xmax, ymax] = boxOf(name);
      return depth.instances[Math.floor((ymin + ymax) / 2) * width + Math.floor((xmin + xmax) / 2)] ?? NaN;
    };
    expect(Math.abs(at('near-board') - 10_000)).toBeLessThanOrEqual(2);
    expect(Math.abs(at('screen') - 11_000)).toBeLessThanOrEqual(2);
    expect(Math.abs(at('cube') - 9_400)).toBeLessThanOrEqual(2);
    expect(depth.instances[0]).toBe(65_535);
  });

  it('normals are directions in the world', async () => {
    const { default: sharp } = await import('sharp');
    const { data } = await sharp(await frames.readBytes('000000.normals.png'))
      .raw({ depth: 'ushort' })
      .toColourspace('rgb16')
      .toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(data.buffer, data.byteOffset, width * height * 3);
    const [xmin, ymin, xmax, ymax] = boxOf('screen');
    const offset = 3 * (Math.floor((ymin + ymax) / 2) * width + Math.floor((xmin + xmax) / 2));
    const normal = [...values.subarray(offset, offset + 3)].map((value) => (value / 65_535) * 2 - 1);
    for (const [axis, value] of [0, -1, 0].entries()) expect(normal[axis]).toBeCloseTo(value, 2);
  });
});
