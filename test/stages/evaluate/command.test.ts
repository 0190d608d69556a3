import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../stages/commands.js';
import { Workspace, type CommandResult } from '../../support/workspace.js';

const golden = resolve(import.meta.dirname, '../../../../shared/golden/coco-eval');
const cases = existsSync(golden)
  ? readdirSync(golden).flatMap((name) =>
      name.endsWith('.stats.json') ? [name.replace('.stats.json', '')] : [],
    )
  : [];

const truth = {
  images: [
    { id: 7, width: 100, height: 80 },
    { id: 3, width: 100, height: 80 },
  ],
  categories: [
    { id: 5, name: 'dog' },
    { id: 2, name: 'person' },
  ],
  annotations: [
    { id: 1, image_id: 3, category_id: 2, bbox: [10, 10, 40, 40], area: 1600, iscrowd: 0 },
    { id: 2, image_id: 7, category_id: 5, bbox: [20, 20, 30, 30], area: 900, iscrowd: 0 },
  ],
};
const right = { image_id: 3, category_id: 2, bbox: [10, 10, 40, 40], score: 0.9 };

async function evaluate(
  truthFile: unknown,
  predictions: unknown,
  ...options: readonly string[]
): Promise<CommandResult & { readonly space: Workspace }> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const files = { 'truth.json': text(truthFile), 'predictions.json': text(predictions) };
  const space = await Workspace.create(files, undefined, commands);
  const words = ['--truth', '@truth.json', '--predictions', '@predictions.json'];
  return { ...(await space.command('evaluate', ...words, ...options)), space };
}

describe('pipeline evaluate', () => {
  it('prints the twelve figures and each class, and writes them', async () => {
    const { exitCode, out, space } = await evaluate(truth, [right], '--json', '@out.json');
    expect(exitCode).toBe(0);
    expect(out).toContain('2 images, 2 objects (0 crowds), 1 detections');
    expect(out).toContain('AP50  0.5000');
    expect(out).toContain('person  AP 1.0000  AP50 1.0000  1 objects, 1 detections');
    const written = JSON.parse(await space.read('out.json')) as {
      stats: Record<string, number>;
      perClass: { categoryId: number; class: string; AP: number }[];
    };
    expect(written.stats['AP']).toBeCloseTo(0.5, 12);
    expect(written.perClass.map(({ categoryId, class: name }) => [categoryId, name])).toEqual([
      [2, 'person'],
      [5, 'dog'],
    ]);
  });

  it('adds intervals and details when they are asked for', async () => {
    const { out } = await evaluate(truth, [right], '--resamples', '200', '--details');
    expect(out).toMatch(/AP50 {2}0\.5000 {2}\[0\.0000, 1\.0000\]/);
    expect(out).toContain('best F1 0.6667 at score 0.900');
    expect(out).toContain('errors, missed: 1');
  });

  it('warns of shares among pixels, and of scores that are none, with the first of them', async () => {
    const share = { image_id: 7, category_id: 5, bbox: [0.2, 0.25, 0.3, 0.375], score: 0.8 };
    const { exitCode, error } = await evaluate(truth, [right, share, { ...right, score: 88 }]);
    expect(exitCode).toBe(0);
    expect(error).toContain(
      'elements: 1 of 3 boxes end inside the first pixel of their image; are these shares of 0–1 among boxes in pixels? (first: 1).',
    );
    expect(error).toContain('elements: 1 of 3 scores are not within 0–1; their order counts (first: 2).');
    expect((await evaluate(truth, [right])).error).toBe('');
  });

  it('says what an annotation names that its own file does not have', async () => {
    const [first] = truth.annotations;
    const stray = { ...truth, annotations: [{ ...first, image_id: 9 }] };
    const { error, exitCode } = await evaluate(stray, [right]);
    expect(exitCode).toBe(2);
    expect(error).toContain('annotations 0: image 9 is not among the images of this file.');
    expect(error).not.toContain('two files');
  });

  it('makes the folder of its figures, and says at once where they cannot be', async () => {
    const { space } = await evaluate(truth, [right], '--json', '@new/out.json');
    expect(await space.list('new')).toEqual(['out.json']);
    const onto = await evaluate(truth, [right], '--json', '@.');
    expect([onto.exitCode, onto.out]).toEqual([2, '']);
    expect(onto.error).toContain('is a folder; a file is written');
  });

  it('counts nothing found as nothing found, and says so', async () => {
    const { exitCode, out, error } = await evaluate(truth, []);
    expect(exitCode).toBe(0);
    expect(out).toContain('AP    0.0000');
    expect(error).toContain('holds no prediction');
  });

  it('takes normalised boxes when it is told so, and asks when it was not', async () => {
    const normalised = { ...right, bbox: [0.1, 0.125, 0.4, 0.5] };
    const asked = await evaluate(truth, [normalised]);
    expect(asked.exitCode).toBe(2);
    expect(asked.error).toContain('look normalised');
    expect(asked.error).toContain('--coordinates normalised');
    expect((await evaluate(truth, [normalised], '--coordinates', 'normalised')).out).toContain(
      'AP50  0.5000',
    );
    expect((await evaluate(truth, [normalised], '--coordinates', 'pixel')).out).toContain('AP50  0.0000');
  });

  it('takes the predictions of other programs, and tells their form by their files', async () => {
    const named = {
      ...truth,
      images: truth.images.map((image) => ({ ...image, file_name: `${image.id}.jpg` })),
    };
    const judge = async (files: Readonly<Record<string, string>>, ...more: readonly string[]) => {
      const space = await Workspace.create(
        { 'truth.json': JSON.stringify(named), ...files },
        undefined,
        commands,
      );
      return space.command('evaluate', '--truth', '@truth.json', '--predictions', '@found', ...more);
    };
    const voc = await judge({ 'found/comp4_det_test_person.txt': '3 0.9 11 11 50 50\n' });
    expect(voc.out).toContain('person  AP 1.0000');
    expect(voc.error).toContain('1 classes have no file');
    const yolo = await judge({ 'found/3.txt': '0 0.3 0.375 0.4 0.5 0.9\n' });
    expect(yolo.out).toContain('person  AP 1.0000');
    const other = { 'found/3.txt': '0 0.3 0.375 0.4 0.5 0.9\n', 'my.names': 'cat\n' };
    const cat = await judge(other, '--classes', '@my.names');
    expect(cat.error).toContain('class "cat", which is not in');
    expect(cat.exitCode).toBe(2);
  });

  it.each([
    [
      'an unknown image',
      truth,
      [right, { ...right, image_id: 99 }],
      'element 1: image 99 is not in the truth',
    ],
    [
      'an unknown category',
      truth,
      [{ ...right, category_id: 0 }],
      'element 0: category 0 is not in the truth',
    ],
    ['a score that is text', truth, [{ ...right, score: 'high' }], 'element 0: score'],
    ['a score that is NaN', truth, `[${JSON.stringify(right)}, ${JSON.stringify(right).replace('0.9', 'NaN')}]`, 'line 1, element 1: not JSON: {'], // prettier-ignore
    ['a box of three numbers', truth, [{ ...right, bbox: [1, 2, 3] }], 'element 0: bbox'],
    ['predictions that are no list', truth, { predictions: [right] }, 'is no array of results'],
    ['a file that was cut', truth, JSON.stringify([right, right]).slice(0, -20), 'ends in the middle'],
    ['an empty file', truth, '', 'line 1: the file is no JSON list'],
    ['a truth without objects', { ...truth, annotations: [] }, [right], 'nothing to find'],
    ['a truth without categories', { images: [], annotations: [] }, [right], 'has no categories'],
    ['a truth that is normalised', { ...truth, annotations: truth.annotations.map((one) => ({ ...one, bbox: [0.1, 0.1, 0.3, 0.4] })) }, [right], 'they look normalised to 0–1, not in pixels'], // prettier-ignore
    ['two images of one id', { ...truth, images: [...truth.images, { id: 3 }] }, [right], 'images 1 and 2 have the same id 3'], // prettier-ignore
    ['two annotations of one id', { ...truth, annotations: [truth.annotations[0], truth.annotations[0]] }, [right], 'annotations 0 and 1 have the same id 1'], // prettier-ignore
  ])('%s is an error that says where', async (_, truthFile, predictions, message) => {
    const { exitCode, error } = await evaluate(truthFile, predictions);
    expect(error).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('boxes that can hardly be meant so are counted, with the first place', async () => {
    const odd = [
      [10, 10, -5, 20],
      [5000, 10, 20, 20],
      [60, 40, 90, 79],
    ];
    const { exitCode, error } = await evaluate(truth, [right, ...odd.map((bbox) => ({ ...right, bbox }))]);
    expect(exitCode).toBe(0);
    expect(error).toContain('elements: 1 of 4 boxes have a negative width or height (first: 1)');
    expect(error).toContain('elements: 1 of 4 boxes lie wholly outside of their image');
    expect(error).not.toContain('are these edges?');
    const edges = await evaluate(truth, [{ ...right, bbox: [60, 40, 90, 79] }]);
    expect(edges.error).toContain('1 of 1 boxes end far beyond their image');
  });

  it('an annotation with the id 0 counts, with a warning', async () => {
    const zero = { ...truth, annotations: truth.annotations.map((one, index) => ({ ...one, id: index })) };
    const { out, error } = await evaluate(zero, [right]);
    expect(error).toContain('annotations 0: the id is 0');
    expect(out).toContain('AP50  0.5000');
  });

  it('says which file is missing', async () => {
    const { exitCode, error } = await evaluate(truth, [right], '--truth', '@nowhere.json');
    expect(exitCode).toBe(2);
    expect(error).toContain('nowhere.json');
  });
});

describe.skipIf(cases.length === 0)(
  'pipeline evaluate against pycocotools (skipped where ../shared/golden/coco-eval is missing)',
  () => {
    it.each(cases)('%s: the figures agree to 1e-12', async (name) => {
      const space = await Workspace.create({}, undefined, commands);
      const file = (kind: string): string => resolve(golden, `${name}.${kind}.json`);
      const words = ['--truth', file('gt'), '--predictions', file('dt'), '--json', '@out.json'];
      expect((await space.command('evaluate', ...words)).exitCode).toBe(0);
      const ours = JSON.parse(await space.read('out.json')) as { stats: Record<string, number> };
      const theirs = JSON.parse(readFileSync(file('stats'), 'utf8')) as { stats: Record<string, number> };
      for (const [figure, value] of Object.entries(theirs.stats))
        expect(Math.abs((ours.stats[figure] ?? NaN) - value)).toBeLessThan(1e-12);
    });
  },
);
