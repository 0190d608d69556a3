import { copyFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../pipeline/core/json.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { boxesFromMask } from '../../stages/annotate/boxes-from-mask.js';
import { findBlender } from '../../stages/lib/blender/find-blender.js';
import { iouOf } from '../../stages/lib/metrics/iou.js';
import { renderStage } from '../../stages/render/stage.js';
import { renderCases, type RenderedCases } from '../support/render-cases.js';
import { runStage, type StageRun } from '../support/stage-harness.js';
import { itemCounts, Workspace } from '../support/workspace.js';

const scenes = resolve(import.meta.dirname, '../fixtures/scenes');
let folder: string;
/** Shared, so that Blender is asked once what it can do. */
let store: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-room-'));
  store = join(folder, '.pipeline');
  const blender = await findBlender({ env: process.env });
  await execa(blender, ['-b', '--factory-startup', '--python-exit-code', '3', '--python', join(scenes, 'save-room.py'), '--', folder]); // prettier-ignore
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const isNotTheStore = (path: string): boolean => !path.startsWith(store);

const targets = [
  { property: 'kind=stool', class: 'stool' },
  { collection: 'Chairs', class: 'bench', attributes: { seats: 2 } },
];

const shared: JsonObject = {
  scene: 'room.blend',
  frames: 1,
  resolution: [64, 64],
  engine: { samples: 1, bounces: 0, device: 'cpu' },
  targets,
};

function render(params: JsonObject): Promise<StageRun> {
  return runStage(renderStage, { seed: 4, baseDirectory: folder, params: { ...shared, ...params } });
}

/** All that is shown below of this scene, out of one Blender. */
async function renderAll(): Promise<RenderedCases> {
  const fromAbove = { distance: 14, elevation: 89.9, target: [0, 0, 0], nearest: 0, mustSee: 0 };
  const black = { colour: [0, 0, 0] };
  const lit = { lights: { own: 1 }, world: { colour: [1, 1, 1] } };
  const inside = { distance: { choice: [0.1, 3] }, elevation: 20, target: [...middle], clearance: 0.05 };
  const insideProps = { frames: 4, targets: [{ collection: 'Props', class: 'prop' }] };
  const before = { distance: 5, elevation: 10, target: 'Chair 1', mustSee: 0 };
  const stool = { targets: [{ property: 'kind=stool', class: 'stool' }], cameraDraws: 1 };
  return renderCases({ seed: 4, baseDirectory: folder }, shared, {
    lamp: { targets: [...targets, { objects: 'Lamp', class: 'lamp' }] },
    wide: { resolution: [120, 80] },
    scattered: {
      targets: [{ collection: 'Props', class: 'prop' }],
      randomize: {
        camera: fromAbove,
        objects: {
          choose: [{ collection: 'Props', count: 2 }],
          scatter: [{ collection: 'Props', on: 'Floor', copies: 4, gap: 0.2 }],
        },
      },
      cameraDraws: 1,
      resolution: [200, 200],
    },
    green: { randomize: { world: { colour: [0, 1, 0] } } },
    dark: { randomize: { lights: { own: 0 }, world: black } },
    warm: {
      randomize: {
        lights: { own: 0, kind: 'point', energy: 4000, temperature: 2000, distance: 4 },
        world: black,
      },
    },
    plain: { randomize: lit },
    painted: { randomize: { ...lit, materials: [{ objects: 'Floor', colour: [0.9, 0, 0] }] } },
    'nothing to see': {
      ...insideProps,
      randomize: { camera: inside, objects: { choose: [{ collection: 'Props', count: 0 }] } },
    },
    'no draw that holds': { ...insideProps, randomize: { camera: { ...inside, nearest: 100 } } },
    free: { ...stool, randomize: { camera: before } },
    covered: {
      ...stool,
      randomize: {
        camera: before,
        distractors: { count: 5, size: 0.3, height: 1.2 },
        occluders: { size: 0.5, at: 0.5, aside: 0, shape: 'sphere' },
      },
    },
    barrel: { resolution: [160, 120], randomize: { effects: { distortion: -0.35 } } },
    cushion: { resolution: [160, 120], randomize: { effects: { distortion: 0.15 } } },
  });
}

const middle = [0, 0, 0.4] as const;
let rendered: RenderedCases;
beforeAll(async () => {
  rendered = await renderAll();
});

/** The mean colour of the whole frame, or of its first rows. */
async function colourOf(image: Buffer | undefined, rows?: number): Promise<readonly number[]> {
  const picture = sharp(image);
  const { width = 1, height = 1 } = await picture.metadata();
  const part = picture.extract({ left: 0, top: 0, width, height: rows ?? height });
  const { channels } = await sharp(await part.png().toBuffer()).stats();
  return channels.map(({ mean }) => mean);
}

describe('a .blend that nobody prepared', () => {
  test('has the targets that rules name, the instances of linked collections among them', () => {
    const { objects } = rendered.record('lamp');
    const found = objects.map(({ class: name, attributes }) => [name, attributes]);
    expect(found.sort()).toEqual([
      ['bench', { seats: 2 }],
      ['bench', { seats: 2 }],
      ['lamp', {}],
      ['stool', {}],
    ]);
    const post = objects.find((object) => object.class === 'lamp');
    const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = post?.amodalBox ?? [];
    expect((ymax - ymin) / (xmax - xmin)).toBeGreaterThan(2.2);
    expect(post?.pixelsVisible).toBeGreaterThan(3);
  });

  test('is seen by its own camera, whatever side its sensor is fitted to, with boxes that fit the mask', async () => {
    const { objects } = rendered.record('wide');
    const seen = boxesFromMask(await rendered.mask('wide'));
    expect(seen).toHaveLength(3);
    for (const { instance, box } of seen) {
      const amodal = objects.find((object) => object.instance === instance)?.amodalBox;
      for (const [side, value] of box.entries())
        expect(Math.abs(value - (amodal?.[side] ?? -99)), `${instance} ${side}`).toBeLessThanOrEqual(1);
    }
  });
});

test('a scene is known to read what it links to and the pictures on it, and nothing of the machine', async () => {
  const blender = await findBlender({ env: process.env });
  const script = resolve(import.meta.dirname, '../../blender/inspect_scene.py');
  const scene = join(folder, 'room.blend');
  const { stdout } = await execa(blender, ['-b', '--factory-startup', '--python', script, '--', scene]);
  const answer = stdout.split('\n').find((line) => line.startsWith('DARKROOM-SCENE ')) ?? '';
  expect(JSON.parse(answer.slice('DARKROOM-SCENE '.length))).toMatchObject({
    error: null,
    files: [
      { path: join(folder, 'floor.png'), kind: 'image', missing: false },
      { path: join(folder, 'props.blend'), kind: 'library', missing: false },
    ],
  });
});

describe('what is declared happens', () => {
  test('so many of a collection are kept, copies are scattered apart and on the ground', () => {
    const { objects } = rendered.record('scattered');
    expect(objects).toHaveLength(8);
    for (const object of objects) expect(object.pixelsVisible / object.pixelsAlone).toBeGreaterThan(0.95);
    const boxes = objects.flatMap(({ amodalBox }) => (amodalBox ? [amodalBox] : []));
    expect(boxes).toHaveLength(8);
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1)) expect(iouOf(a, 0, b, 0)).toBe(0);
  });

  test('worlds, lights and materials change the picture as they say', async () => {
    const panorama = await render({ randomize: { world: { hdri: './hdri/red.hdr' } } });
    const red = await colourOf(await panorama.outputs['frames']?.readBytes('000000.png'), 6);
    expect(red[0]).toBeGreaterThan(200);
    expect(red[2]).toBeLessThan(60);
    const green = await colourOf(await rendered.image('green'), 6);
    expect(green[1]).toBeGreaterThan(250);
    expect(green[0]).toBeLessThan(5);
    expect(Math.max(...(await colourOf(await rendered.image('dark'))))).toBeLessThan(2);
    const warm = await colourOf(await rendered.image('warm'));
    expect(warm[0]).toBeGreaterThan((warm[2] ?? 0) + 20);
    const plain = await colourOf(await rendered.image('plain'));
    const painted = await colourOf(await rendered.image('painted'));
    expect((painted[0] ?? 0) - (painted[1] ?? 0)).toBeGreaterThan((plain[0] ?? 0) - (plain[1] ?? 0) + 30);
  });

  test.each(['nothing to see', 'no draw that holds'])(
    'the camera is never inside of something when a draw is not, with %s',
    (name) => {
      const records = rendered.recordsOf(name);
      expect(records).toHaveLength(4);
      for (const { id, camera: seen } of records) {
        // The middle in the camera's coordinates is as far from 0 as the camera is from it.
        const at = [0, 4, 8].map((row) =>
          [0, 1, 2].reduce(
            (sum, column) => sum + (seen.worldToCamera[row + column] ?? 0) * (middle[column] ?? 0),
            seen.worldToCamera[row + 3] ?? 0,
          ),
        );
        expect(Math.hypot(...at), id).toBeGreaterThan(2);
      }
    },
  );

  test('distractors and occluders are no targets, and an occluder hides something', () => {
    const [free] = rendered.record('free').objects;
    const [covered, ...others] = rendered.record('covered').objects;
    expect(others).toEqual([]);
    expect(free?.pixelsVisible).toBeGreaterThan(20);
    expect(covered?.pixelsVisible).toBeLessThan(0.8 * (free?.pixelsVisible ?? 0));
    expect(covered?.amodalBox).toEqual(free?.amodalBox);
  });

  test.each([
    ['barrel', -0.35],
    ['cushion', 0.15],
  ])('through a lens (%s), boxes fit the mask of the picture that is seen', async (name, distortion) => {
    const record = rendered.record(name);
    expect(record.camera.distortion).toBe(distortion);
    const seen = boxesFromMask(await rendered.mask(name));
    expect(seen.length).toBeGreaterThan(1);
    for (const { instance, box, areaPx } of seen) {
      const object = record.objects.find((entry) => entry.instance === instance);
      expect(object?.pixelsVisible).toBe(areaPx);
      expect(areaPx / (object?.pixelsAlone ?? 1)).toBeGreaterThan(0.93);
      for (const [side, value] of box.entries()) {
        const edge = side % 2 === 0 ? 160 : 120;
        const expected = Math.min(edge, Math.max(0, object?.amodalBox?.[side] ?? -99));
        expect(Math.abs(value - expected), `${instance} ${side}`).toBeLessThanOrEqual(1.2);
      }
    }
  });

  test('a frame is the same alone and after others, with everything declared', async () => {
    const everything = {
      frames: 2,
      framesPerProcess: 2,
      randomize: {
        camera: {
          distance: { uniform: [4, 7] },
          azimuth: { uniform: [0, 360] },
          target: 'Chair*',
          jitter: 0.2,
        },
        world: { sky: { sunElevation: { uniform: [10, 60] } } },
        lights: { count: { integer: [1, 2] } },
        materials: [{ objects: '*', texture: { glob: './textures/*' }, hue: { uniform: [-0.5, 0.5] }, variants: 2 }], // prettier-ignore
        objects: {
          choose: [{ collection: 'Props', count: { integer: [1, 4] } }],
          scatter: [{ collection: 'Props', x: [-3, 3], y: [-3, 3] }],
          jitter: [{ objects: 'Chair*', turnZ: { uniform: [0, 360] }, x: { normal: [0, 0.1] } }],
        },
        distractors: { count: 3, model: './props.blend' },
        occluders: { count: 1 },
        effects: { grain: 4, jpeg: 80, blur: 0.5, exposure: { normal: [0, 0.2] } },
      },
    };
    const [together, alone] = [
      await render(everything),
      await render({ ...everything, framesPerProcess: 1 }),
    ];
    expect(together.rejected).toEqual({});
    for (const path of ['000001.png', '000001.mask.png', '000001.json'])
      expect((await alone.outputs['frames']?.file(path))?.digest, path).toBe(
        (await together.outputs['frames']?.file(path))?.digest,
      );
  });
});

describe('through the engine', () => {
  const file = (params: string): string => `version: 1
name: room
seed: 9
stages:
  frames:
    uses: render
    with:
      frames: 4
      framesPerProcess: 4
      resolution: [64, 64]
      engine: { samples: 1, bounces: 0, device: cpu }
${params}`;

  async function workspace(params: string): Promise<Workspace> {
    const made = await Workspace.create({ 'pipeline.yaml': file(params) }, stageRegistry([renderStage]));
    await cp(folder, made.directory, { recursive: true, filter: isNotTheStore });
    return made;
  }

  test('a texture of a pool of twenty that is replaced costs the frames that show it, and no other', async () => {
    const room = await workspace(`      scene: ./room.blend
      targets: [{ collection: Chairs, class: chair }]
      randomize:
        materials: [{ objects: Floor, texture: { glob: ./textures/*.png } }]
`);
    const made = async (): Promise<number> => {
      const counts = itemCounts((await room.run('--store', store)).events, 'frames');
      expect((counts?.made ?? 0) + (counts?.reused ?? 0)).toBe(4);
      return counts?.made ?? 0;
    };
    expect(await made()).toBe(4);
    // Every frame shows one texture: whoever replaces all of them, half by half, renders each frame once.
    const rendered: number[] = [];
    for (const half of [0, 10]) {
      for (let number = half; number < half + 10; number++)
        await copyFile(room.path('floor.png'), room.path(`textures/${String(number).padStart(2, '0')}.png`));
      rendered.push(await made());
    }
    expect(rendered.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(Math.max(...rendered)).toBeLessThan(4);

    // What the .blend itself reads is shown by every frame.
    await copyFile(join(folder, 'textures/03.png'), room.path('floor.png'));
    expect(await made()).toBe(4);
    await room.write('unrelated.txt', 'x');
    expect((await room.run('--store', store)).stages).toEqual({ frames: 'reused' });
  });

  test('a module that a script imports costs all frames; another file of the folder none', async () => {
    const room = await workspace('      scene: ./scene.py\n      cameraDraws: 1\n');
    await room.write(
      'scene.py',
      'import bpy\nimport size\n\ndef build(scene, parameters):\n    bpy.ops.mesh.primitive_cube_add(size=size.SIZE)\n    bpy.context.object["class"] = "cube"\n',
    );
    await room.write('size.py', 'SIZE = 1\n');
    expect(itemCounts((await room.run('--store', store)).events, 'frames')).toEqual({ made: 4, reused: 0 });
    await room.write('other.py', 'SIZE = 3\n');
    expect((await room.run('--store', store)).stages).toEqual({ frames: 'reused' });
    await room.write('size.py', 'SIZE = 0.5\n');
    expect(itemCounts((await room.run('--store', store)).events, 'frames')).toEqual({ made: 4, reused: 0 });
    const why = await room.command('why', '@pipeline.yaml', 'frames', '--store', store);
    expect(why.out).toMatch(/size\.py/);
  });

  test('a script that reads a file which nobody declared is told so; with `files`, it is part of every key', async () => {
    const reading = `import os, bpy
def build(scene, parameters):
    bpy.ops.mesh.primitive_cube_add(size=1)
    bpy.context.object["class"] = "cube"
    path = os.path.join(os.path.dirname(__file__), "textures", "%02d.png" % parameters.random("t").integer(0, 19))
    image = bpy.data.images.load(path)
    image.use_fake_user = True
`;
    const room = await workspace('      scene: ./scene.py\n      cameraDraws: 1\n');
    await room.write('scene.py', reading);
    const refused = await room.run('--store', store);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.error + refused.out).toMatch(
      /textures\/\d\d\.png.*is not declared: name it under `files`/,
    );
    await room.write(
      'pipeline.yaml',
      file('      scene: ./scene.py\n      cameraDraws: 1\n      files: [./textures/*.png]\n'),
    );
    expect((await room.run('--store', store)).stages).toEqual({ frames: 'succeeded' });
  });
});

describe('before the first frame', () => {
  async function refusal(params: string, change: (directory: string) => Promise<void>): Promise<string> {
    const room = await Workspace.create(
      {
        'pipeline.yaml': `version: 1\nname: room\nstages:\n  frames:\n    uses: render\n    with:\n      frames: 1\n${params}`,
      },
      stageRegistry([renderStage]),
    );
    await cp(folder, room.directory, { recursive: true, filter: isNotTheStore });
    await change(room.directory);
    const result = await room.run('--store', store);
    expect(result.exitCode).not.toBe(0);
    expect(result.events.some((event) => event.type === 'stage-items')).toBe(false);
    return `${result.error}\n${result.out.replaceAll('\\n', '\n').replaceAll('\\"', '"')}`;
  }
  const nothing = (): Promise<void> => Promise.resolve();
  const blend = (name: string): string =>
    `      scene: ./${name}\n      targets: [{ objects: "Chair*", class: chair }]\n`;

  test('a .blend of a newer Blender is refused', async () => {
    const text = await refusal(blend('room.blend'), async (directory) => {
      const path = join(directory, 'room.blend');
      const data = await readFile(path);
      expect(data.toString('latin1', 0, 7)).toBe('BLENDER');
      data.write('v999', 8, 'latin1');
      await writeFile(path, data);
    });
    expect(text).toMatch(
      /pipeline\.yaml:8:14: error: .*room\.blend (was written by Blender 9\.99|cannot be opened)/,
    );
  });

  test('a missing library and a file that is no .blend are named', async () => {
    const missing = await refusal(blend('room.blend'), (directory) =>
      rename(join(directory, 'props.blend'), join(directory, 'moved.blend')),
    );
    expect(missing).toMatch(/pipeline\.yaml:8:14: error: .*the linked library .*props\.blend/);
    const broken = await refusal(blend('room.blend'), (directory) =>
      writeFile(join(directory, 'room.blend'), 'no scene'),
    );
    expect(broken).toMatch(/pipeline\.yaml:8:14: error: .*room\.blend cannot be opened/);
  });

  test('a .blend without a camera, and rules about nothing, are refused at their places', async () => {
    expect(await refusal(blend('no-camera.blend'), nothing)).toMatch(
      /:8:14: error: .*no-camera\.blend has no camera/,
    );
    const text = await refusal(
      `${blend('room.blend')}      randomize:\n        materials: [{ material: Flor, hue: 0.5 }]\n`,
      nothing,
    );
    expect(text).toMatch(/:11:33: error: .*no material Flor/);
    expect(text).toMatch(/Did you mean Floor\?/);
  });

  test('a malformed distribution is shown at its line and column', async () => {
    const text = await refusal(
      `${blend('room.blend')}      randomize:\n        lights:\n          energy: { uniform: [9, 2] }\n`,
      nothing,
    );
    expect(text).toMatch(/pipeline\.yaml:12:\d+: error: .*uniform needs \[low, high\], but 9 is above 2/);
  });

  test('a script that cannot be run is shown with its line, a parameter with the nearest name', async () => {
    const broken = await refusal('      scene: ./scene.py\n', (directory) =>
      writeFile(join(directory, 'scene.py'), 'import bpy\n\nraise KeyError("no wall")\n'),
    );
    expect(broken).toMatch(/pipeline\.yaml:8:14: error: .*scene\.py:3: KeyError: 'no wall'/);
    const wrong = await refusal(
      '      scene: ./cube.py\n      randomize:\n        shap: cube\n',
      (directory) => copyFile(join(scenes, 'cube.py'), join(directory, 'cube.py')),
    );
    expect(wrong).toMatch(/pipeline\.yaml:10:\d+: error: .*no parameter shap\. Did you mean shape\?/);
  });

  test('a panorama that cannot be read is named', async () => {
    const text = await refusal(
      `${blend('room.blend')}      randomize:\n        world: { hdri: { glob: ./hdri/*.hdr } }\n`,
      (directory) => writeFile(join(directory, 'hdri/broken.hdr'), 'this is not a picture at all'),
    );
    expect(text).toMatch(/pipeline\.yaml:11:32: error: .*broken\.hdr cannot be read as a picture/);
  });
});
