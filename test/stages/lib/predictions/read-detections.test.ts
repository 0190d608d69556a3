import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileTree } from '../../../../stages/lib/formats/file-tree.js';
import { encodeExample, type Feature } from '../../../../stages/lib/formats/tfrecord/example.js';
import { frameRecord } from '../../../../stages/lib/formats/tfrecord/frames.js';
import { readDetections, type DetectionsToRead } from '../../../../stages/lib/predictions/read-detections.js';
import { TargetImages } from '../../../../stages/lib/predictions/target-images.js';

type Files = Readonly<Record<string, string | Uint8Array>>;
type Options = Partial<DetectionsToRead>;

const classes = ['dog', 'person', 'fire truck'];

async function treeOf(files: Files): Promise<FileTree> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-detections-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, data] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), data);
  }
  return new FileTree(
    folder,
    Object.keys(files).map((name) => join(folder, name)),
  );
}

/** What is found, by the image's id, in a truth of two images of 100 × 80 pixels. */
async function read(format: DetectionsToRead['format'], files: Files, options: Options = {}) {
  const images = new TargetImages('the truth', [
    { id: '7', name: 'day/a.jpg', width: 100, height: 80 },
    { id: '3', name: 'night/b 1.jpg', width: 100, height: 80 },
  ]);
  const tree = await treeOf(files);
  const { found, notes } = await readDetections({
    format,
    tree,
    images,
    truthClasses: classes,
    coordinates: 'auto',
    ...options,
  });
  return {
    notes: notes.join('\n'),
    found: Object.fromEntries([...found].map(([image, detections]) => [image.id, detections])),
  };
}

const texts = (...values: string[]): Feature => ({
  type: 'bytes',
  values: values.map((value) => Buffer.from(value)),
});
const floats = (...values: number[]): Feature => ({ type: 'floats', values });

function example(changes: Readonly<Record<string, Feature>> = {}): Buffer {
  const features = {
    'image/filename': texts('a.jpg'),
    'image/detection/bbox/xmin': floats(0.125),
    'image/detection/bbox/ymin': floats(0.25),
    'image/detection/bbox/xmax': floats(0.5),
    'image/detection/bbox/ymax': floats(0.75),
    'image/detection/score': floats(0.75),
    'image/detection/label': { type: 'integers', values: [2] } satisfies Feature,
    ...changes,
  };
  return frameRecord(encodeExample(new Map(Object.entries(features))));
}
const labelMap = 'item { id: 1 name: "dog" } item { id: 2 name: "person" }';
const person = { class: 'person', score: 0.75, box: [12.5, 20, 50, 60] };

describe('detections of other programs', () => {
  it('YOLO: shares of the image around a centre, in files named after the images', async () => {
    const files = {
      'labels/a.txt': '1 0.3125 0.5 0.375 0.5 0.75\n\n',
      'b 1.txt': '2 0.5 0.5 1 1 0.5\r\n',
      'classes.txt': '',
    };
    const { found, notes } = await read('yolo', files);
    expect(found).toEqual({
      7: [person],
      3: [{ class: 'fire truck', score: 0.5, box: [0, 0, 100, 80] }],
    });
    expect(notes).toContain('0 is dog, 2 is fire truck');
  });

  it('YOLO: the classes are the detector’s where they are given, and an empty file is of an image', async () => {
    const list = { file: 'names', text: 'person\ncat\n' };
    const { found, notes } = await read('yolo', { 'a.txt': '0 .3125 .5 .375 .5 .75', 'b 1.txt': '' }, { classes: list }); // prettier-ignore
    expect(found).toEqual({ 7: [person] });
    expect(notes).toBe('in 1 images nothing is found (night/b 1.jpg).');
  });

  it('Pascal VOC: pixels from 1 on, in a file for each class; names may hold blanks', async () => {
    const files = {
      'comp4_det_test_person.txt': 'day/a 0.75 13.5 21 50 60\n',
      'comp4_det_test_fire truck.txt': 'b 1 0.5 2 2 100 80\n',
    };
    const { found, notes } = await read('voc', files);
    expect(found).toEqual({
      7: [person],
      3: [{ class: 'fire truck', score: 0.5, box: [1, 1, 100, 80] }],
    });
    expect(notes).toBe('1 classes have no file, so nothing of them is found (dog).');
    const thin = await read('voc', { 'person.txt': 'a 0.75 13.5 21 13.25 60' });
    expect(thin.found[7]).toEqual([{ class: 'person', score: 0.75, box: [12.5, 20, 13.25, 60] }]);
    const edges = await read('voc', { 'person.txt': 'a 0.75 12.5 20 50 60' }, { pixels: 'zero-based' });
    expect(edges.found).toEqual({ 7: [person] });
  });

  it('TFRecord: lists of the object detection API, with the label map beside them', async () => {
    const { found } = await read('tfrecord', { 'found.tfrecord': example(), 'map.pbtxt': labelMap });
    expect(found).toEqual({ 7: [person] });
  });

  it('COCO’s results: ids that another file explains', async () => {
    const names = { images: [{ id: 0, file_name: 'x/a.jpg' }], categories: [{ id: 0, name: 'person' }] };
    const results = [{ image_id: 0, category_id: 0, bbox: [12.5, 20, 37.5, 40], score: 0.75 }];
    const tree = await treeOf({ 'names.json': JSON.stringify(names) });
    const files = { 'results.json': JSON.stringify(results) };
    expect((await read('coco', files, { names: tree })).found).toEqual({ 7: [person] });
    await expect(read('coco', files)).rejects.toThrow('nothing says what they mean');
    const unknown = { 'results.json': JSON.stringify([{ ...results[0], image_id: 5 }]) };
    await expect(read('coco', unknown, { names: tree })).rejects.toThrow(
      'results.json, line 1, element 0: image 5 is not in names.json',
    );
  });

  it('boxes that do not look like the units of their form are asked for, and taken as they are called', async () => {
    const pixels = { 'a.txt': '1 31.25 40 37.5 40 0.75' };
    await expect(read('yolo', pixels)).rejects.toThrow('reaches to 60, so they look like pixels');
    expect((await read('yolo', pixels, { coordinates: 'pixel' })).found).toEqual({ 7: [person] });
    const shares = { 'person.txt': 'a 0.75 0.125 0.25 0.5 0.75' };
    await expect(read('voc', shares)).rejects.toThrow('look normalised to 0–1');
    expect((await read('voc', shares, { coordinates: 'normalised' })).found).toEqual({ 7: [person] });
  });

  it('what is odd is counted: boxes elsewhere, scores that are no probabilities, nothing at all', async () => {
    const odd = await read('voc', { 'person.txt': 'a 75 10 10 20 20\na 0.5 200 10 210 20\n' });
    expect(odd.notes).toContain('1 scores are not within 0–1; their order counts (person.txt, line 1).');
    expect(odd.notes).toContain('1 boxes lie wholly outside of their image');
    expect((await read('voc', { 'person.txt': '' })).notes).toContain('there is no detection');
    const mixed = await read('voc', { 'person.txt': 'a 0.7 10 10 20 20\na 0.5 0.1 0.2 0.5 0.75\n' });
    expect(mixed.notes).toContain('1 boxes end inside the first pixel of their image; are these shares of 0–1 among boxes in pixels? (person.txt, line 2)'); // prettier-ignore
  });

  it.each<[string, DetectionsToRead['format'], Files, string, Options?]>([
    ['a score that is NaN', 'yolo', { 'a.txt': '1 .5 .5 .1 .1 nan' }, 'a.txt, line 1: the score is "nan"'],
    ['labels without scores', 'yolo', { 'a.txt': '1 .5 .5 .1 .1' }, 'a.txt, line 1: 5 values stand there'],
    ['a class number beyond the list', 'yolo', { 'a.txt': '3 .5 .5 .1 .1 .9' }, 'line 1: the class is 3'],
    ['an unknown image', 'yolo', { 'c.txt': '' }, 'c.txt: image "c" is not in the truth'],
    ['two files of an image', 'yolo', { 'a.txt': '', 'x/a.txt': '' }, 'has detections in a.txt already'],
    ['a file of no class', 'voc', { 'comp4_det_test_persn.txt': '' }, 'Is "person" meant?'],
    ['two files of a class', 'voc', { 'person.txt': '', 'comp4_det_test_person.txt': '' }, 'has a file already'],
    ['a line that is too short', 'voc', { 'dog.txt': '\na 0.5 1 2 3' }, 'dog.txt, line 2: image, score'],
    ['an infinite score', 'voc', { 'dog.txt': 'a inf 1 2 30 40' }, 'dog.txt, line 1: the score is "inf"'],
    ['an image that the truth does not have', 'voc', { 'dog.txt': 'z 0.5 1 2 30 40' }, 'dog.txt, line 1: image "z"'],
    ['width and height for edges', 'voc', { 'dog.txt': 'a 0.5 50 60 20 20' }, 'ends before it begins'],
    ['the class 0 of TFRecord', 'tfrecord', { 'f.record': example({ 'image/detection/label': { type: 'integers', values: [0] } }), 'm.pbtxt': labelMap }, 'f.record, record 1, detection 0: the class has the number 0'],
    ['a TFRecord score that is NaN', 'tfrecord', { 'f.record': example({ 'image/detection/score': floats(NaN) }), 'm.pbtxt': labelMap }, 'record 1, detection 0: its score or an edge is no finite number'],
    ['lists of two lengths', 'tfrecord', { 'f.record': example({ 'image/detection/score': floats(0.1, 0.2) }), 'm.pbtxt': labelMap }, 'image/detection/label has 1 values, but there are 2 scores'],
    ['an image in two records', 'tfrecord', { 'f.record': Buffer.concat([example(), example()]), 'm.pbtxt': labelMap }, 'record 2: the image "day/a.jpg" has detections in f.record, record 1 already'],
    ['TFRecord without a label map', 'tfrecord', { 'f.record': example() }, 'There is no label map'],
    ['no file at all', 'yolo', {}, 'There is no file of detections'],
    ['an option of another form', 'yolo', { 'a.txt': '' }, 'pixels does nothing for yolo', { pixels: 'one-based' }],
  ])('%s is an error that says where', async (_, format, files, message, options) => {
    await expect(read(format, files, options)).rejects.toThrow(message);
  }); // prettier-ignore

  it('a name that several images have has to be told apart', async () => {
    const images = new TargetImages('the truth', [
      { id: '1', name: 'day/a.jpg', width: 10, height: 10 },
      { id: '2', name: 'night/a.jpg', width: 10, height: 10 },
    ]);
    expect(images.find('night/a', { file: 'f' }).id).toBe('2');
    expect(() => images.find('a', { file: 'f', line: 3 })).toThrow(
      'f, line 3: image "a" may be day/a.jpg or night/a.jpg',
    );
  });
});
