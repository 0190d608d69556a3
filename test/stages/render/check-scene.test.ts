import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { digestOfFile } from '../../../pipeline/core/digest.js';
import type { SourceFile } from '../../../pipeline/stage/context.js';
import { ParamsError } from '../../../pipeline/stage/params-error.js';
import { checkAssets } from '../../../stages/render/check-assets.js';
import { checkScene } from '../../../stages/render/check-scene.js';
import { renderParamsSchema } from '../../../stages/render/params.js';
import type { ReadableScene, SceneInspection } from '../../../stages/render/scene-inspection.js';

const object = (name: string, extra: object = {}): NonNullable<ReadableScene['objects']>[number] => ({
  name,
  type: 'MESH',
  instances: false,
  collections: ['Room'],
  properties: {},
  ...extra,
});
const blend: ReadableScene = {
  error: null,
  newerThanBlender: null,
  parameters: null,
  files: [],
  camera: { name: 'Camera', type: 'PERSP', shifted: false },
  objects: [object('Chair.001', { properties: { class: 'chair' } }), object('Table')],
  materials: ['Wood'],
  collections: ['Room'],
};
const script: ReadableScene = {
  ...blend,
  parameters: {
    look: { parameter: true, choices: ['home', 'ward'] },
    light: { parameter: false, members: { strength: { parameter: true } } },
  },
  camera: null,
  ownCamera: false,
};

async function problem(params: object, facts: SceneInspection): Promise<string> {
  const scene = 'parameters' in facts && facts.parameters ? './room.py' : './room.blend';
  try {
    await checkScene(renderParamsSchema.parse({ scene, frames: 1, ...params }), facts);
    return '';
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error;
    return [`${error.param.join('.')}: ${error.message}`, ...error.details, error.hint ?? ''].join(' | ');
  }
}

describe('a .blend', () => {
  test('with a camera and a target is good', async () => {
    expect(await problem({}, blend)).toBe('');
  });

  test('without a camera is refused, unless the file places one', async () => {
    const facts = { ...blend, camera: null };
    expect(await problem({}, facts)).toMatch(/^scene: .*has no camera.*randomize: \{ camera/);
    expect(await problem({ randomize: { camera: { distance: 3 } } }, facts)).toBe('');
    const flat = { ...blend, camera: { name: 'Top', type: 'ORTHO', shifted: false } };
    expect(await problem({}, flat)).toMatch(/the camera Top is ortho/);
  });

  test('without targets is refused, unless rules name them', async () => {
    const facts = { ...blend, objects: [object('Table')] };
    expect(await problem({}, facts)).toMatch(/^scene: .*has no targets.*`targets`/);
    expect(await problem({ targets: [{ objects: 'Table', class: 'table' }] }, facts)).toBe('');
    const lamp = [object('Sun', { type: 'LIGHT', properties: { class: 'lamp' } })];
    expect(await problem({}, { ...blend, objects: lamp })).toMatch(/no targets with a mesh: Sun is a light/);
  });

  test.each([
    [{ targets: [{ objects: 'Chiar*', class: 'chair' }] }, /^targets\.0\.objects: .*has no object Chiar\*/],
    [{ targets: [{ collection: 'Rooms', class: 'c' }] }, /^targets\.0\.collection: .*Did you mean Room\?/],
    [{ targets: [{ property: 'klass', class: 'c' }] }, /^targets\.0\.property: .*Did you mean class\?/],
    [{ randomize: { materials: [{ material: 'Woood' }] } }, /^randomize\.materials\.0\.material: .*Did you mean Wood\?/],
    [{ randomize: { objects: { choose: [{ collection: 'Prop' }] } } }, /^randomize\.objects\.choose\.0\.collection: .*no collection Prop/],
    [{ randomize: { objects: { jitter: [{ objects: 'Tabel' }] } } }, /^randomize\.objects\.jitter\.0\.objects: .*Did you mean Table\?/],
  ])('has nothing of the name in %j, says so, and what is near', async (params, message) => {
    expect(await problem(params, blend)).toMatch(message);
  }); // prettier-ignore

  test('of a newer Blender is refused', async () => {
    expect(await problem({}, { ...blend, newerThanBlender: '4.3' })).toMatch(
      /^scene: .*by Blender 4\.3, which is newer/,
    );
  });

  test('with a missing library or texture is refused; other files may be missing', async () => {
    const file = (kind: 'library' | 'image' | 'other', path: string) => ({ kind, path, missing: true }); // prettier-ignore
    expect(await problem({}, { ...blend, files: [file('library', '/no/props.blend')] })).toMatch(
      /files that are not there: the linked library \/no\/props\.blend/,
    );
    expect(
      await problem({}, { ...blend, files: [file('image', '/no/a.png'), file('image', '/no/b.png')] }),
    ).toMatch(/the texture \/no\/a\.png \| texture \/no\/b\.png/);
    expect(await problem({}, { ...blend, files: [file('other', '/no/sound.wav')] })).toBe('');
  });

  test('that cannot be opened is refused with what Blender said', async () => {
    const error = { message: 'not a blend file', place: null, lines: ['line 1'] };
    expect(await problem({}, { error, files: [] })).toBe('scene: not a blend file | line 1 | ');
  });
});

describe('a Python scene', () => {
  test.each([
    [{ people: 1 }, /^randomize\.people: .*has no parameter people\. It has: look, light\./],
    [{ lok: 'home' }, /^randomize\.lok: .*Did you mean look\?/],
    [{ lihgts: {} }, /^randomize\.lihgts: .*Did you mean lights\?/],
    [{ parameters: { lokk: 1 } }, /^randomize\.parameters\.lokk: .*Did you mean look\?/],
    [{ light: 3 }, /^randomize\.light: .*light is a group of parameters/],
    [{ light: { strenght: 1 } }, /^randomize\.light\.strenght: .*Did you mean light\.strength\?/],
    [{ look: { choice: ['home', 'wart'] } }, /^randomize\.look: .*one of home, ward, not "wart".*Did you mean ward\?/],
    [{ camera: { distanze: 1 } }, /^randomize\.camera\.distanze: A camera has no distanze\..*distance/],
  ])('is asked for what it takes: %j', async (randomize, message) => {
    expect(await problem({ randomize }, script)).toMatch(message);
  }); // prettier-ignore

  test('that places its camera itself takes its own names for it', async () => {
    const randomize = { camera: { shelf: 1 } };
    expect(await problem({ randomize }, { ...script, ownCamera: true })).toBe('');
    expect(await problem({ randomize }, { ...script, ownCamera: null })).toBe('');
  });

  test('that raises is shown with its place and traceback', async () => {
    const error = { message: 'NameError: x', place: '/scene/room.py:3', lines: ['Traceback', '  x'] };
    expect(await problem({}, { error, files: [] })).toBe(
      'scene: /scene/room.py:3: NameError: x | Traceback |   x | ',
    );
  });
});

describe('the files of pools', () => {
  async function assets(files: Record<string, string | Uint8Array>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-pool-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const found: SourceFile[] = [];
    for (const [name, data] of Object.entries(files)) {
      const path = join(folder, name);
      await writeFile(path, data);
      found.push({ path, name, digest: await digestOfFile(path), sizeBytes: data.length });
    }
    const randomize = { world: { hdri: { glob: './hdri/*' } } };
    const params = renderParamsSchema.parse({ scene: './room.blend', frames: 1, randomize });
    const remember = <T>(_key: unknown, compute: () => Promise<T>): Promise<T> => compute();
    return checkAssets(params, { remember }, () => found).then(
      () => '',
      (error: unknown) => {
        if (!(error instanceof ParamsError)) throw error;
        return `${error.param.join('.')}: ${error.message}`;
      },
    );
  }

  test('that are pictures pass, whatever they are called', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    expect(await assets({ 'a.hdr': '#?RADIANCE\nFORMAT=32-bit', 'b.exr': png })).toBe('');
  });

  test.each([
    ['broken.hdr', 'this is no picture at all', /content is none that Blender knows/],
    ['empty.exr', '', /it has 0 bytes/],
    ['notes.txt', '#?RADIANCE and more text', /is no picture that Blender reads: \.hdr, \.exr/],
  ])('such as %s are refused by name, at their place', async (name, data, message) => {
    const found = await assets({ 'a.hdr': '#?RADIANCE\nFORMAT=32-bit', [name]: data });
    expect(found).toMatch(/^randomize\.world\.hdri\.glob: /);
    expect(found).toContain(name);
    expect(found).toMatch(message);
  });
});
