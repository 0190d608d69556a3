import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../stages/commands.js';
import type { BoxXyxyPx } from '../../../stages/lib/dataset/record.js';
import { blankImage } from '../../support/format-harness.js';
import { Workspace } from '../../support/workspace.js';

const tinyCoco = resolve(import.meta.dirname, '../../../../shared/data/tiny-coco/annotations/instances.json');

async function workspace(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  return Workspace.create(files, undefined, commands);
}

const label = '0 0.5 0.5 0.5 0.5\n';

async function yoloWorkspace(): Promise<Workspace> {
  const space = await workspace({ 'in/labels/a.txt': label, 'in/classes.txt': 'dog\n' });
  await space.write('in/images/a.png', await blankImage(64, 48));
  return space;
}

interface Instances {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
  }[];
}

/** By image file name: class and edges of its boxes, in the order of the file. */
async function boxesOf(file: string): Promise<Map<string, { name: string; box: BoxXyxyPx }[]>> {
  const { images, categories, annotations } = JSON.parse(await readFile(file, 'utf8')) as Instances;
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const byImage = new Map<number, { name: string; box: BoxXyxyPx }[]>();
  for (const {
    image_id,
    category_id,
    bbox: [x, y, w, h],
  } of annotations) {
    const boxes = byImage.get(image_id) ?? [];
    byImage.set(image_id, boxes);
    boxes.push({ name: names.get(category_id) ?? '', box: [x, y, x + w, y + h] });
  }
  return new Map(images.map(({ id, file_name }) => [file_name, byImage.get(id) ?? []]));
}

/** The same of the Pascal VOC files of a folder, by their images. */
async function boxesOfVoc(
  space: Workspace,
  folder: string,
): Promise<Map<string, { name: string; box: BoxXyxyPx }[]>> {
  const boxes = new Map<string, { name: string; box: BoxXyxyPx }[]>();
  for (const file of await readdir(space.path(`${folder}/Annotations`))) {
    const xml = await space.read(`${folder}/Annotations/${file}`);
    const values = (tag: string): string[] =>
      [...xml.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map(([, value]) => value ?? '');
    const edges = ['xmin', 'ymin', 'xmax', 'ymax'].map((tag) => values(tag).map(Number));
    boxes.set(
      values('filename')[0] ?? '',
      values('name').map((name, index) => {
        const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = edges.map((list) => list[index] ?? NaN);
        return { name, box: [x0 - 1, y0 - 1, x1, y1] };
      }),
    );
  }
  return boxes;
}

describe('pipeline convert', () => {
  it('tells the format by its files, writes the other with its images, and says what it did', async () => {
    const space = await yoloWorkspace();
    const { exitCode, out, error } = await space.command(
      'convert',
      '--in',
      '@in',
      '--to',
      'coco',
      '--out',
      '@out',
    );
    expect([exitCode, error]).toEqual([0, '']);
    expect(out).toContain('yolo → coco: 1 images, 1 boxes, 1 classes in ');
    expect([...(await boxesOf(space.path('out/annotations/instances.json')))]).toEqual([
      ['a.png', [{ name: 'dog', box: [16, 12, 48, 36] }]],
    ]);
    expect(await readFile(space.path('out/images/a.png'))).toEqual(await blankImage(64, 48));
    expect(await readdir(space.directory)).toEqual(['in', 'out']);
  });

  it('copies images, or links them where that is asked for', async () => {
    const space = await yoloWorkspace();
    const words = ['convert', '--in', '@in', '--to', 'keras'] as const;
    await space.command(...words, '--out', '@copied');
    await space.command(...words, '--out', '@linked', '--link');
    const inode = async (path: string) => (await stat(space.path(path))).ino;
    expect(await inode('copied/images/a.png')).not.toBe(await inode('in/images/a.png'));
    expect(await inode('linked/images/a.png')).toBe(await inode('in/images/a.png'));
    const both = await space.command(...words, '--out', '@both', '--link', '--copy');
    expect([both.exitCode, both.error]).toEqual([
      2,
      expect.stringContaining('--copy and --link cannot both be.'),
    ]);
  });

  it('leaves nothing behind when it fails, and never writes into a folder that has something in it', async () => {
    const space = await yoloWorkspace();
    await space.write('in/labels/a.txt', '7 0.5 0.5 0.5 0.5\n');
    const words = ['convert', '--in', '@in', '--from', 'yolo', '--to', 'voc', '--out'] as const;
    const failed = await space.command(...words, '@out');
    expect([failed.exitCode, failed.error]).toEqual([
      2,
      expect.stringContaining('labels/a.txt, line 1: the class is 7'),
    ]);
    expect(await readdir(space.directory)).toEqual(['in']);
    const onto = await space.command(...words, '@in');
    expect(onto.error).toContain('is there already and is not empty');
    expect((await readdir(space.path('in'))).sort()).toEqual(['classes.txt', 'images', 'labels']);
  });

  it('wrong words and paths are errors that say what to write', async () => {
    const space = await yoloWorkspace();
    const error = async (...words: string[]) => (await space.command('convert', ...words)).error;
    expect(await error('x', '--in', '@in', '--to', 'coco', '--out', '@o')).toContain('"x" is not understood');
    expect(await error('--in', '@gone', '--to', 'coco', '--out', '@o')).toContain(
      'There is no file or folder',
    );
    expect(await error('--in', '@in/images', '--to', 'coco', '--out', '@o')).toContain(
      'shows no sign of a format',
    );
    expect(await error('--in', '@in', '--from', 'coco', '--to', 'voc', '--out', '@o')).toContain(
      'There is no **/*.json',
    );
    expect(await error('--in', '@in', '--to', 'coco', '--out', '@o', '--images', '@none')).toContain(
      'There is no file or folder',
    );
    expect(await error('--in', '@in', '--to', 'cocoa', '--out', '@o')).toContain('--to');
  });

  it('a dataset of ours, as out/ shows it, is a format like others', async () => {
    const space = await yoloWorkspace();
    await space.command('convert', '--in', '@in', '--to', 'darkroom', '--out', '@ours', '--group', '^(.)');
    expect(JSON.parse(await space.read('ours/records.jsonl'))).toMatchObject({
      id: 'a',
      image: 'images/a.png',
      source: { dataset: 'in', group: 'a' },
    });
    const { out } = await space.command('convert', '--in', '@ours', '--to', 'csv', '--out', '@table');
    expect(out).toContain('darkroom → csv: 1 images, 1 boxes');
    expect(await space.read('table/labels.csv')).toContain('a.png,64,48,dog,16,12,48,36');
  });

  it.skipIf(!existsSync(tinyCoco))(
    'tiny-coco goes to VOC, YOLO, TFRecord and COCO and back: every box within half a pixel, every loss reported' +
      (existsSync(tinyCoco) ? '' : ' (skipped: ../shared/data is not there)'),
    async () => {
      const space = await workspace();
      const lost: string[] = [];
      const step = async (from: string, to: string, out: string, ...more: string[]) => {
        const result = await space.command(
          'convert',
          '--in',
          from,
          '--to',
          to,
          '--out',
          `@${out}`,
          '--link',
          ...more,
        );
        expect(result.error).toBe('');
        expect(result.out).toMatch(/50 images, 382 boxes, 80 classes/);
        lost.push(...result.out.split('\n').filter((line) => /^(Lost|Read)/.test(line)));
      };
      await step(tinyCoco, 'voc', 'voc');
      await step('@voc', 'yolo', 'yolo');
      await step('@yolo', 'tfrecord', 'tf', '--shards', '4');
      await step('@tf', 'coco', 'coco');
      await step('@coco', 'tfrecord', 'tf-back');
      await step('@tf-back', 'yolo', 'yolo-back');
      await step('@yolo-back', 'voc', 'voc-back');
      await step('@voc-back', 'coco', 'again');
      const before = await boxesOf(tinyCoco);
      const after = await boxesOf(space.path('again/annotations/instances.json'));
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [name, boxes] of before) {
        const others = after.get(name) ?? [];
        expect(others.map((other) => other.name)).toEqual(boxes.map((box) => box.name));
        for (const [index, { box }] of boxes.entries())
          for (const [edge, value] of box.entries())
            expect(Math.abs((others[index]?.box[edge] ?? NaN) - value)).toBeLessThanOrEqual(0.5 + 1e-4);
      }
      // Whole pixels come through every other format as they are.
      expect(await boxesOf(space.path('again/annotations/instances.json'))).toEqual(
        await boxesOfVoc(space, 'voc'),
      );
      expect(lost.map((line) => line.replace(/ \(first.*$/, ''))).toEqual([
        'Lost: 382 boxes lose the area of their mask: Pascal VOC has no place for it',
        'Lost: 382 boxes lose their outline: Pascal VOC has no place for it',
        'Lost: 377 boxes are rounded to whole pixels: Pascal VOC has no others',
        'Lost: 5 boxes lose that they are a crowd: Pascal VOC has no place for it',
      ]);
    },
    60_000,
  );
});
