import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  labelNamesOf,
  parseDarknetData,
  parseDataYaml,
} from '../../../../stages/lib/formats/yolo/dataset-files.js';
import { parseYoloLabels } from '../../../../stages/lib/formats/yolo/labels.js';
import { aFolder, anImage, blankImage, readFormat, writeFormat } from '../../../support/format-harness.js';

const size = { width: 100, height: 50 };
const classes = ['person', 'dog'];

describe('YOLO labels', () => {
  it('are centre and size in shares of the image, the class counted from 0', () => {
    expect(parseYoloLabels('1 0.5 0.5 0.2 0.4\r\n\n0 .25 .5 .25 .5\n', classes, 'a.txt')(size)).toEqual([
      { box: [40, 15, 60, 35], class: 'dog' },
      { box: [12.5, 12.5, 37.5, 37.5], class: 'person' },
    ]);
  });

  it('a line of more points is an outline, with the box around it', () => {
    expect(parseYoloLabels('0 0.1 0.2 0.3 0.2 0.3 0.6', classes, 'a.txt')(size)).toEqual([
      { box: [10, 10, 30, 30], class: 'person', segmentation: { polygons: [[10, 10, 30, 10, 30, 30]] } },
    ]);
  });

  it.each([
    ['2 .1 .1 .1 .1', 'a.txt, line 1: the class is 2, but a number from 0 to 1 is expected.'],
    ['0 .1 .1 .1 .1\nperson .1 .1 .1 .1', 'a.txt, line 2: the class is person'],
    ['0 .1 .1 .1', 'a.txt, line 1: 4 values stand there'],
    ['0 .1 .1 .1 .1 .9', '6 values stand there'],
    ['0 .1 x .1 .1', 'a.txt, line 1: a value is "x", which is no number.'],
    ['0 .1 NaN .1 .1', 'which is no number'],
    ['-1 .1 .1 .1 .1', 'the class is -1'],
  ])('%j is an error', (text, message) => {
    expect(() => parseYoloLabels(text, classes, 'a.txt')).toThrow(message);
  });
});

describe('YOLO descriptions', () => {
  it('data.yaml has names as a list or by number, and subsets as files, folders or lists of them', () => {
    const byNumber = parseDataYaml(
      'path: ../x\ntrain: [a, b.txt]\nval: c\nnames:\n  1: dog\n  0: person\n',
      'data.yaml',
    );
    expect(byNumber.names).toEqual(classes);
    expect([...byNumber.subsets]).toEqual([
      ['train', ['a', 'b.txt']],
      ['val', ['c']],
    ]);
    expect(parseDataYaml('names: [person, dog]\nnc: 2', 'data.yaml').names).toEqual(classes);
    expect(() => parseDataYaml('names: [a]\nnc: 2', 'data.yaml')).toThrow('nc is 2, but there are 1 names');
    expect(() => parseDataYaml('names: {1: a}', 'data.yaml')).toThrow('none of the number 0');
    expect(() => parseDataYaml('a: [', 'data.yaml')).toThrow('data.yaml: not YAML');
  });

  it('a .data file has lines of key = value', () => {
    const data = parseDarknetData(
      'classes= 2\ntrain  = data/train.txt\n# no\nnames=data/x.names\n',
      'x.data',
    );
    expect([...data.subsets]).toEqual([['train', ['data/train.txt']]]);
    expect(data.namesFile).toBe('data/x.names');
    expect(() => parseDarknetData('a\n', 'x.data')).toThrow(
      'x.data, line 1: "a" is not of the form key = value.',
    );
  });

  it('labels are looked for where Darknet and Ultralytics do', () => {
    expect(labelNamesOf('images/train/a.b.jpg')[0]).toBe('labels/train/a.b.txt');
    expect(labelNamesOf('a.jpg')).toEqual(['a.txt', 'labels/a.txt']);
  });
});

const box = '0 0.5 0.5 0.5 0.5\n';

describe('YOLO folders', () => {
  it('subsets of a data.yaml become the attribute split, by lists or folders', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'data.yaml': 'path: ../datasets/mine\ntrain: images/train\nval: [lists/val.txt]\nnames: [person]\n',
      'lists/val.txt': '\nimages/val/c.png\n',
      'images/train/a.png': png,
      'images/val/c.png': png,
      'images/val/unlisted.png': png,
      'labels/train/a.txt': box,
      'labels/val/c.txt': '',
    });
    const { records, notes } = await readFormat('yolo', folder);
    expect(records.map(({ id, attributes, objects }) => [id, attributes['split'], objects.length])).toEqual([
      ['train/a', 'train', 1],
      ['val/c', 'validation', 0],
    ]);
    expect(notes.join()).toContain('1 images of the folder are in no annotation and are left out');
  });

  it('an edge that six decimals put outside is at the border', () => {
    const [object] = parseYoloLabels(
      '0 0.833333 0.5 0.333335 1.000001',
      classes,
      'a.txt',
    )({ width: 640, height: 480 });
    expect(object?.box.slice(1)).toEqual([0, 640, 480]);
  });

  it('a list may not name images elsewhere, and a subset has to be there', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'data.yaml': 'train: images/train\nval: lists/val.txt\nnames: [person]\n',
      'lists/val.txt': '../images/train/a.png\n',
      'images/train/a.png': png,
      'images/train/b b.png': png,
      'images/c.png': png,
      'images/unlisted.png': png,
      'labels/train/a.txt': box,
      'labels/train/b b.txt': box,
      'labels/c.txt': '',
    });
    await expect(readFormat('yolo', folder)).rejects.toThrow(
      'lists/val.txt, line 1: "../images/train/a.png" leads out of',
    );
    await expect(readFormat('yolo', folder, { subset: 'test' })).rejects.toThrow(
      'No image is in the subset "test"',
    );
  });

  it('lists of Darknet name images as seen from elsewhere; the end of the path has to do', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'person.data':
        'classes = 1\ntrain = data/person/train.txt\nvalid = data/person/valid.txt\nnames = data/p.names\n',
      'p.names': 'person\n',
      'train.txt': 'data/person/a.png\n./b c.png\n',
      'valid.txt': 'b c.png\n',
      'a.png': png,
      'b c.png': png,
      'not listed.png': png,
      'a.txt': box,
      'b c.txt': box,
    });
    const { records, notes } = await readFormat('yolo', folder);
    expect(records.map(({ id, attributes, objects }) => [id, attributes['split'], objects.length])).toEqual([
      ['a', 'train', 1],
      ['b c', 'train', 1],
    ]);
    expect(notes.join('\n')).toContain('1 images stand in several subsets (train and validation)');
    expect(notes.join('\n')).toContain('1 images of the folder are in no annotation');
    const test = await readFormat('yolo', folder, { subset: 'valid' });
    expect(test.records.map(({ id }) => id)).toEqual(['b c']);
  });

  it('without names there is an error that says what to give, with two lists of them one that asks which', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({ 'a.png': png, 'a.txt': box });
    await expect(readFormat('yolo', folder)).rejects.toThrow('has no file of class names');
    expect((await readFormat('yolo', folder, { classes: 'person' })).records[0]?.objects[0]?.class).toBe(
      'person',
    );
    const two = await aFolder({ 'a.png': png, 'x.names': 'a\n', 'y.names': 'b\n' });
    await expect(readFormat('yolo', two)).rejects.toThrow('Class names may be in x.names or y.names.');
    const twice = await aFolder({ 'a.png': png, 'x.names': 'a\nb\na\n' });
    await expect(readFormat('yolo', twice)).rejects.toThrow('x.names, line 3: "a" stands in line 1 already.');
  });

  it('images that differ only in their extension get label files of their own, and that is said', async () => {
    const folder = await aFolder();
    const losses = await writeFormat(
      'yolo',
      folder,
      ['person'],
      [
        anImage('a', { objects: [{ box: [0, 0, 8, 8], class: 'person' }] }),
        anImage('b', { image: 'images/a.jpg' }),
      ],
    );
    expect(losses.join()).toContain('1 images get another name');
    expect(await readFile(join(folder, 'train.txt'), 'utf8')).toBe('./images/a.png\n./images/a~2.jpg\n');
    expect(await readFile(join(folder, 'labels/a~2.txt'), 'utf8')).toBe('');
  });
});
