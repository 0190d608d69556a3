import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { framesOf, withAssetPaths, type RenderFrame } from '../../../stages/render/frame.js';
import { renderParamsSchema } from '../../../stages/render/params.js';

function frames(params: object, seed = 5): RenderFrame[] {
  return [
    ...framesOf({
      params: renderParamsSchema.parse({
        scene: './room.py',
        frames: 4,
        cameraDraws: 3,
        randomize: {
          camera: { distance: { uniform: [2, 6] } },
          people: { integer: [0, 3] },
          light: { warmth: { uniform: [0, 1] } },
        },
        ...params,
      }),
      seed,
      device: 'cpu',
      assets: () => [],
    }),
  ];
}

describe('frames', () => {
  test('more of them leave the first ones as they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (count, more) => {
        expect(frames({ frames: count + more }).slice(0, count)).toEqual(frames({ frames: count }));
      }),
      { numRuns: 20 },
    );
  });

  test('more candidate draws of the camera leave the first ones as they are', () => {
    const [few] = frames({ cameraDraws: 3 });
    const [many] = frames({ cameraDraws: 9 });
    expect(many?.description.cameras.slice(0, 3)).toEqual(few?.description.cameras);
    expect(new Set(many?.description.cameras.map((camera) => camera['distance'])).size).toBe(9);
  });

  test('the seed moves everything, and frames differ from each other', () => {
    const [a, b] = frames({});
    const [other] = frames({}, 6);
    expect(a?.description.seed).not.toBe(b?.description.seed);
    expect(a?.description.group).not.toBe(b?.description.group);
    expect(a?.description.seed).not.toBe(other?.description.seed);
    expect(a?.description.cameras).not.toEqual(other?.description.cameras);
  });

  test('views of one variation share scene and group and differ in the camera', () => {
    const [a, b, c] = frames({ views: 2 });
    expect(a?.description.parameters).toEqual(b?.description.parameters);
    expect(a?.description.group).toBe(b?.description.group);
    expect(a?.description.cameras).not.toEqual(b?.description.cameras);
    expect(c?.description.group).not.toBe(a?.description.group);
  });

  test('plain parameters become attributes, and those of the stage are added', () => {
    const [frame] = frames({ attributes: { domain: 'target' } });
    expect(frame?.description.attributes).toEqual({
      people: frame?.description.parameters['people'],
      domain: 'target',
    });
  });

  test('asset choices are replaced by paths at any depth, and only they', () => {
    const value = { a: [{ $asset: 'x.exr', digest: 'd' }], b: { c: 1 } };
    expect(withAssetPaths(value, (name, digest) => `/${digest}/${name}`)).toEqual({
      a: ['/d/x.exr'],
      b: { c: 1 },
    });
  });
});

test('Python’s streams and ours draw the same numbers', async () => {
  const golden = JSON.parse(
    await readFile(new URL('../../fixtures/random-stream.json', import.meta.url), 'utf8'),
  ) as {
    name: [number | string, ...(number | string)[]];
    next: number[];
    integer: number[];
    normal: number[];
    shuffled: string[];
  }[];
  expect(golden.length).toBeGreaterThan(0);
  for (const { name, next, integer, normal, shuffled } of golden) {
    const stream = new RandomStream(...name);
    expect(next.map(() => stream.next())).toEqual(next);
    expect(integer.map(() => stream.integer(1, 6))).toEqual(integer);
    for (const value of normal) expect(stream.normal(2, 0.5)).toBeCloseTo(value, 12);
    expect(stream.shuffled(['a', 'b', 'c', 'd', 'e'])).toEqual(shuffled);
  }
});
