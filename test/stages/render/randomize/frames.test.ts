import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../pipeline/core/json.js';
import { assetGlobs } from '../../../../stages/render/asset-pools.js';
import type { AssetPool } from '../../../../stages/render/distributions.js';
import { framesOf, jobFrameOf, type RenderFrame } from '../../../../stages/render/frame.js';
import { renderParamsSchema } from '../../../../stages/render/params.js';

const twenty: AssetPool = (pattern) =>
  Array.from({ length: 20 }, (_, index) => ({ name: `${index}.png`, digest: `${pattern} ${index}` }));

function frames(randomize: object, assets: AssetPool = twenty, extra: object = {}): RenderFrame[] {
  const params = renderParamsSchema.parse({ scene: './room.blend', frames: 60, randomize, ...extra });
  return [...framesOf({ params, seed: 5, device: 'cpu', assets })];
}
const parts = (frame: RenderFrame | undefined): JsonObject => frame?.description.randomize as JsonObject;
const all = (randomize: object, name: string, extra: object = {}): JsonValue[] =>
  frames(randomize, twenty, extra).map((frame) => parts(frame)[name] ?? null);
const texture = { materials: [{ objects: '*', texture: { glob: './t/*.png' } }] };

describe('one texture of a pool of twenty', () => {
  test('with another content moves exactly the frames that show it', () => {
    const changed: AssetPool = (pattern) =>
      twenty(pattern).map((file) => (file.name === '7.png' ? { ...file, digest: 'new' } : file));
    const before = frames(texture);
    const after = frames(texture, changed);
    const moved = before.filter((frame, index) => JSON.stringify(frame) !== JSON.stringify(after[index]));
    const shown = before.filter((frame) => JSON.stringify(frame).includes('"7.png"'));
    expect(moved).toEqual(shown);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(10);
  });

  test('more moves only the frames that it wins', () => {
    const more: AssetPool = (pattern) => [...twenty(pattern), { name: 'new.png', digest: 'new' }];
    const after = frames(texture, more);
    for (const [index, frame] of frames(texture).entries())
      if (!JSON.stringify(after[index]).includes('new.png')) expect(after[index]).toEqual(frame);
    expect(after.some((frame) => JSON.stringify(frame).includes('new.png'))).toBe(true);
  });
});

describe('blocks do not move each other', () => {
  test('another block, rule or value leaves what was drawn as it is', () => {
    const lights = { count: { integer: [1, 3] }, azimuth: { uniform: [0, 360] } };
    const before = all({ lights }, 'lights');
    expect(all({ ...texture, lights }, 'lights')).toEqual(before);
    const more = all({ lights: { ...lights, temperature: { uniform: [2000, 8000] } } }, 'lights');
    for (const [index, drawn] of before.entries()) expect(more[index]).toMatchObject(drawn as object);
    const rule = { objects: 'Chair*', hue: { uniform: [0, 1] } };
    const other = { objects: 'Table', value: { uniform: [0, 1] } };
    const alone = all({ materials: [rule] }, 'materials');
    const second = all({ materials: [other, rule] }, 'materials').map((rules) =>
      (rules as JsonValue[]).slice(1),
    );
    expect(second).toEqual(alone);
  });

  test('views of one variation share the scene and differ in occluders and effects', () => {
    const randomize = {
      lights: { azimuth: { uniform: [0, 360] } },
      occluders: {},
      effects: { exposure: { uniform: [0, 1] } },
    };
    const [a, b] = frames(randomize, twenty, { views: 2 });
    expect(parts(a)['lights']).toEqual(parts(b)['lights']);
    expect(parts(a)['occluders']).not.toEqual(parts(b)['occluders']);
    expect(a?.description.effects).not.toEqual(b?.description.effects);
  });
});

test('a world is of one kind, and brings only the panorama that it shows', () => {
  const worlds = all(
    { world: { hdri: { glob: './h/*' }, colour: [1, 0, 0], rotation: 5 } },
    'world',
  ) as JsonObject[];
  const hdri = worlds.filter((world) => 'hdri' in world);
  expect(hdri.length).toBeGreaterThan(15);
  expect(hdri.length).toBeLessThan(45);
  expect(worlds.every((world) => 'hdri' in world !== 'colour' in world)).toBe(true);
});

test('a normal draw beyond the bounds counts as the bound', () => {
  const drawn = all(
    { materials: [{ objects: '*', roughness: { normal: [0.9, 1] } }] },
    'materials',
  ) as JsonObject[][];
  const values = drawn.map(
    (rules) => ((rules[0]?.['looks'] as JsonObject[])[0]?.['roughness'] ?? -1) as number,
  );
  expect(Math.max(...values)).toBe(1);
  expect(Math.min(...values)).toBe(0);
});

test('a rule with a chance is applied to so many frames', () => {
  const drawn = all({ materials: [{ objects: '*', hue: 0.5, chance: 0.25 }] }, 'materials') as JsonValue[][];
  const applied = drawn.filter((rules) => rules.length === 1).length;
  expect(applied).toBeGreaterThan(5);
  expect(applied).toBeLessThan(28);
});

test('a .blend is seen through its own camera unless the file places one', () => {
  expect(frames({})[0]?.description.cameras).toEqual([]);
  expect(frames({ camera: {} })[0]?.description.cameras).toHaveLength(12);
  expect(frames({}, twenty, { scene: './room.py' })[0]?.description.cameras).toHaveLength(12);
});

test('the aim of every candidate is moved by the jitter, in a direction of its own', () => {
  const [frame] = frames({ camera: { jitter: 0.5 } });
  const offsets = (frame?.description.cameras ?? []).map((camera) => camera['offset'] as number[]);
  for (const offset of offsets) expect(Math.hypot(...offset)).toBeCloseTo(0.5, 9);
  expect(new Set(offsets.map(String)).size).toBe(12);
});

test('globs are found wherever they stand, a file by its name as well, and lists of a scene are left alone', () => {
  const params = renderParamsSchema.parse({
    scene: './room.py',
    frames: 1,
    randomize: {
      wall: { picture: { glob: './p/*' } },
      plain: [{ glob: './not/*' }],
      world: { hdri: './one.exr' },
      materials: [{ objects: '*', texture: { glob: './t/*' } }],
    },
  });
  expect(assetGlobs(params).map(({ pattern, param }) => [pattern, param.join('.')])).toEqual([
    ['./one.exr', 'randomize.world.hdri.glob'],
    ['./t/*', 'randomize.materials.0.texture.glob'],
    ['./p/*', 'randomize.wall.picture.glob'],
  ]);
});

test('a job’s frame may read its own assets and what all frames read, and nothing else', () => {
  const [frame] = frames(texture);
  if (!frame) throw new Error('no frame');
  const job = jobFrameOf(frame, { locate: (name) => `/assets/${name}`, files: ['/scene.blend'] });
  expect(job.files).toHaveLength(2);
  expect(job.files[0]).toBe('/scene.blend');
  expect(JSON.stringify(job.randomize)).toContain(job.files[1]);
});
