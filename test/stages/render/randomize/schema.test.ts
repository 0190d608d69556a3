import { describe, expect, test } from 'vitest';
import { renderParamsSchema } from '../../../../stages/render/params.js';

function problems(randomize: object, extra: object = {}): string[] {
  const parsed = renderParamsSchema.safeParse({ scene: './room.py', frames: 1, randomize, ...extra });
  return (parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('what is randomized', () => {
  test('plain values and distributions are taken in every block', () => {
    expect(
      problems({
        camera: { distance: { uniform: [2, 6] }, target: 'Chair*', mustSee: 0.5 },
        lights: { count: { integer: [1, 3] }, kind: { weighted: [['sun', 1], ['area', 3]] } }, // prettier-ignore
        world: { hdri: { glob: './hdri/*.exr' }, strength: { logUniform: [0.5, 2] } },
        materials: [{ objects: '*', hue: { normal: [0, 0.1] }, texture: './wood.png' }],
        objects: {
          choose: [{ collection: 'Props', count: 3 }],
          scatter: [{ objects: 'Cup*', on: 'Table', gap: 0.1 }],
          jitter: [{ property: 'loose', turnZ: { uniform: [0, 360] } }],
        },
        distractors: { count: { integer: [0, 9] } },
        occluders: { model: { glob: './props/*.glb' } },
        effects: { exposure: { normal: [0, 0.5] }, jpeg: { integer: [40, 95] }, infrared: true },
        parameters: { world: 3 },
        people: { integer: [0, 3] },
      }),
    ).toEqual([]);
  });

  test.each([
    [{ lights: { energy: { unifrom: [1, 2] } } }, /^randomize\.lights\.energy: there is no distribution unifrom; did you mean uniform/],
    [{ lights: { energy: { uniform: [5] } } }, /^randomize\.lights\.energy: uniform needs \[low, high\], two numbers/],
    [{ lights: { kind: 'pint' } }, /^randomize\.lights\.kind: expected one of point, area, spot, sun, not "pint"/],
    [{ lights: { kind: { uniform: [0, 1] } } }, /uniform draws numbers, but this takes one of point/],
    [{ lights: { count: { uniform: [0, 3] } } }, /uniform draws fractions, but this takes a whole number.*use integer/],
    [{ materials: [{ objects: '*', roughness: { uniform: [0.5, 1.5] } }] }, /^randomize\.materials\.0\.roughness: expected a number from 0 to 1, not 1\.5/],
    [{ materials: [{ roughness: 1 }] }, /^randomize\.materials\.0: say which objects/],
    [{ world: { strength: 2 } }, /^randomize\.world: give hdri, sky or colour/],
    [{ world: { hdri: 7 } }, /^randomize\.world\.hdri: expected a file, \{ glob/],
    [{ world: { colour: [1, 2, 0] } }, /^randomize\.world\.colour: expected a colour/],
    [{ objects: { scatter: [{ objects: 'Cup' }] } }, /say where: on, or x and y/],
    [{ objects: { jitter: [{ objects: 'Cup', x: { glob: './*.png' } }] } }, /glob draws files, but this takes a number/],
    [{ people: { integer: [1] } }, /^randomize\.people: integer needs \[low, high\]/],
    [{ effects: { jpeg: 0 } }, /^randomize\.effects\.jpeg: expected a whole number from 1 to 100/],
  ])('%j is refused at its place', (randomize, message) => {
    expect(problems(randomize).join('\n')).toMatch(message);
  }); // prettier-ignore

  test('a .blend takes no parameters, and a camera no names of its own', () => {
    const blend = { scene: './room.blend' };
    expect(problems({ lihgts: { count: 1 } }, blend)).toEqual([
      'randomize.lihgts: there is nothing called lihgts to randomize in a .blend. Did you mean lights?',
    ]);
    expect(problems({ camera: { distanze: 3 } }, blend).join()).toMatch(
      /randomize\.camera\.distanze: a camera has no distanze\. Did you mean distance\?/,
    );
    expect(problems({ camera: { shelf: 3 } }, { scene: './room.py' })).toEqual([]);
  });

  test('targets need something that selects them', () => {
    expect(problems({}, { targets: [{ class: 'chair' }] }).join()).toMatch(/targets\.0: say which objects/);
    expect(problems({}, { targets: [{ collection: 'Chairs', class: 'chair' }] })).toEqual([]);
  });
});
