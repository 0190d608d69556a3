import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFormat } from '../../../support/format-harness.js';

const data = resolve(import.meta.dirname, '../../../../../shared/data');
const isThere = existsSync(data);
const title = isThere ? 'real datasets' : 'real datasets (skipped: ../shared/data is not there)';

/** What a plain program says, to compare with. */
const plain = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();

describe.skipIf(!isThere)(title, () => {
  it('tiny-coco: every image, box, class, crowd and outline that jq sees', async () => {
    const file = join(data, 'tiny-coco/annotations/instances.json');
    const { records, classes, notes } = await readFormat('coco', join(data, 'tiny-coco'), {
      file: 'annotations/instances.json',
      images: 'images',
    });
    const jq = (filter: string): unknown => JSON.parse(plain('jq', '-c', filter, file));
    expect(classes).toEqual(jq('[.categories[].name]'));
    expect(records.map(({ image }) => image.replace('images/', ''))).toEqual(jq('[.images[].file_name]'));
    const objects = records.flatMap((record) => record.objects);
    expect(objects.length).toBe(jq('.annotations | length'));
    expect(objects.filter(({ crowd }) => crowd).length).toBe(
      jq('[.annotations[] | select(.iscrowd == 1)] | length'),
    );
    expect(objects.filter(({ segmentation }) => segmentation && 'rle' in segmentation).length).toBe(
      jq('[.annotations[] | select(.segmentation | type == "object")] | length'),
    );
    const boxes = jq(
      '[.images[] as $i | .annotations[] | select(.image_id == $i.id) | [.bbox[0], .bbox[1], .bbox[0] + .bbox[2], .bbox[1] + .bbox[3]]]',
    );
    expect(objects.map(({ box }) => box)).toEqual(boxes);
    expect(notes).toEqual([]);
  });

  it('coco128: as many boxes of each class as grep counts, and where awk puts them', async () => {
    const folder = join(data, 'coco128');
    const { records, classes, notes } = await readFormat('yolo', folder);
    const images = await readdir(join(folder, 'images'));
    expect(records.length).toBe(images.length);
    const listed = new Set(images.map((name) => name.replace('.jpg', '.txt')));
    const labels = (await readdir(join(folder, 'labels'))).filter((name) => listed.has(name));
    const lines = plain('grep', '-h', '', ...labels.map((name) => join(folder, 'labels', name))).split('\n');
    const counts = (names: readonly string[]) =>
      names.reduce<Record<string, number>>((sums, name) => ({ ...sums, [name]: (sums[name] ?? 0) + 1 }), {});
    const objects = records.flatMap((record) => record.objects);
    expect(counts(objects.map((object) => object.class))).toEqual(
      counts(lines.map((line) => classes[Number(line.split(' ')[0])] ?? '')),
    );
    const first = records.find(({ id }) => id === '000000000009');
    const awk = '{ print ($2-$4/2)*W, ($3-$5/2)*H, ($2+$4/2)*W, ($3+$5/2)*H }'
      .replaceAll('W', String(first?.width))
      .replaceAll('H', String(first?.height));
    const expected = plain('awk', '-v', 'OFMT=%.12g', awk, join(folder, 'labels/000000000009.txt'));
    for (const [index, line] of expected.split('\n').entries())
      for (const [edge, value] of line.split(' ').map(Number).entries())
        expect(first?.objects[index]?.box[edge]).toBeCloseTo(value, 3);
    // 128 images and 128 label files, but two of each without the other.
    expect(notes.join('\n')).toMatch(/2 images have no label file/);
    expect(notes.join('\n')).toMatch(/2 label files have no image/);
  });

  it('bccd: the objects, classes and subsets that grep counts, pixels counted from 1', async () => {
    const folder = join(data, 'bccd');
    const { records, classes } = await readFormat('voc', folder);
    const grep = (pattern: string): string[] =>
      plain('grep', '-rhoP', pattern, join(folder, 'Annotations')).split('\n');
    expect(records.length).toBe((await readdir(join(folder, 'Annotations'))).length);
    const names = grep('(?<=<name>)[^<]+');
    expect(classes).toEqual([...new Set(names)].sort());
    const objects = records.flatMap((record) => record.objects);
    expect(objects.length).toBe(names.length);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    expect(sum(objects.map(({ box }) => box[2]))).toBe(sum(grep('(?<=<xmax>)[0-9.]+').map(Number)));
    const xmins = grep('(?<=<xmin>)[0-9.]+').map(Number);
    expect(sum(objects.map(({ box }) => box[0]))).toBe(sum(xmins.map((xmin) => Math.max(0, xmin - 1))));
    expect(objects.filter(({ truncated }) => truncated).length).toBe(grep('<truncated>1').length);
    for (const [list, split] of [
      ['train', 'train'],
      ['val', 'validation'],
      ['test', 'test'],
    ] as const) {
      const lines = (await readFile(join(folder, `ImageSets/Main/${list}.txt`), 'utf8')).trim().split('\n');
      expect(records.filter(({ attributes }) => attributes['split'] === split).length).toBe(lines.length);
    }
  });
});
