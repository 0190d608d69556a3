import { describe, expect, it } from 'vitest';
import { parseVoc } from '../../../../stages/lib/formats/voc/annotation.js';
import { CountedNotes } from '../../../../stages/lib/formats/counted-notes.js';
import { aFolder, anImage, blankImage, readFormat, writeFormat } from '../../../support/format-harness.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const box = '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>64</xmax><ymax>48</ymax></bndbox>';
const size = '<size><width>64</width><height>48</height><depth>3</depth></size>';
const xml = (objects: string, head = `<filename>a.png</filename>${size}`): string =>
  `<?xml version="1.0"?>\n<annotation verified="yes">${head}\n${objects}</annotation>`;
const parse = (text: string, convention: 'one-based' | 'zero-based' = 'one-based') => {
  const notes = new CountedNotes();
  return { ...parseVoc(text, 'a.xml', convention, notes), notes: notes.sentences() };
};

describe('Pascal VOC', () => {
  it('pixels count from 1 and the last one belongs to the box: 1 to 64 is a whole image of 64', () => {
    const text = xml(`<object><name>dog</name>${box}</object>`);
    expect(parse(text).objects).toEqual([{ box: [0, 0, 64, 48], class: 'dog' }]);
    expect(parse(text, 'zero-based').objects[0]?.box).toEqual([1, 1, 64, 48]);
    const text0 = text.replace('<xmin>1', '<xmin>0');
    expect(parse(text0).objects[0]?.box).toEqual([0, 0, 64, 48]);
    expect(parse(text0).notes.join()).toContain('1 boxes begin before pixel 1');
    expect(parse(text0, 'zero-based').notes).toEqual([]);
  });

  it('LabelImg, VoTT, VOC2012 and CVAT: difficult, truncated, occluded, pose and attributes are kept', () => {
    const text = xml(
      `<object><name>a &amp; b &#x41;</name><pose>Frontal</pose><truncated>1</truncated><difficult>0</difficult>` +
        `<occluded>1</occluded>${box}<part><name>head</name>${box}</part></object>` +
        `<object><name>dog</name><pose>Unspecified</pose><truncated>Unspecified</truncated>${box}` +
        `<attributes><attribute><name>coat</name><value>red</value></attribute>` +
        `<attribute><name>age</name><value>7</value></attribute></attributes></object>`,
    );
    const { objects, notes } = parse(text);
    expect(objects).toEqual([
      {
        box: [0, 0, 64, 48],
        class: 'a & b A',
        truncated: true,
        occluded: true,
        difficult: false,
        attributes: { pose: 'Frontal' },
      },
      { box: [0, 0, 64, 48], class: 'dog', attributes: { coat: 'red', age: 7 } },
    ]);
    expect(notes.join()).toContain('1 parts of bodies (<part>) are left out');
  });

  it.each([
    [
      '<!DOCTYPE a [<!ENTITY b "c">]>\n<annotation></annotation>',
      'a.xml, line 1: the file declares a document type',
    ],
    ['<annotation>\n<object></annotation>', 'a.xml, line 2: not XML'],
    ['<image></image>', 'a.xml: <annotation> is expected, but <image> stands there.'],
    [xml(`<object>${box}</object>`), 'a.xml, object 1: the object has no <name>.'],
    [xml('<object><name>a</name></object>'), 'a.xml, object 1: "a" has no <bndbox>.'],
    [xml(`<object><name>a</name>${box.replace('64', 'wide')}</object>`), 'object 1: bndbox/xmax is "wide"'],
    [xml(`<object><name>a</name>${box.replace('<ymin>1</ymin>', '')}</object>`), 'bndbox/ymin is missing'],
    [
      xml(`<object><name>a</name>${box}<difficult>very</difficult></object>`),
      '<difficult> is "very"; 0 or 1',
    ],
  ])('%j is an error', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('entities of the file’s own are never put in, also not where nothing declares them', () => {
    expect(parse(xml(`<object><name>&lol;</name>${box}</object>`)).objects[0]?.class).toBe('&lol;');
  });

  it('ImageSets become the attribute split; lists of one class and of all images do not', async () => {
    const png = await blankImage(64, 48);
    const annotation = (name: string) =>
      xml(`<object><name>dog</name>${box}</object>`).replace('a.png', name);
    const folder = await aFolder({
      'Annotations/a.xml': annotation('a.png'),
      'Annotations/b.xml': annotation('elsewhere/b.png'),
      'Annotations/c.xml': annotation('gone.png').replace(size, ''),
      'JPEGImages/a.png': png,
      'JPEGImages/b.png': png,
      'JPEGImages/c.png': png,
      'ImageSets/Main/train.txt': 'a\n',
      'ImageSets/Main/val.txt': 'b\n',
      'ImageSets/Main/trainval.txt': 'a\nb\nc\n',
      'ImageSets/Main/dog_val.txt': 'a -1\nc  1\n',
    });
    const all = await readFormat('voc', folder);
    expect(all.records.map(({ id, attributes }) => [id, attributes])).toEqual([
      ['a', { split: 'train' }],
      ['b', { split: 'validation' }],
      ['c', {}],
    ]);
    expect(all.notes.join('\n')).toContain('1 annotations name an image that is not there');
    expect(all.notes.join('\n')).toContain('1 annotations do not say the size of their image');
    expect((await readFormat('voc', folder, { subset: 'val' })).records.map(({ id }) => id)).toEqual(['b']);
    expect((await readFormat('voc', folder, { subset: 'trainval' })).records).toHaveLength(3);
    await expect(readFormat('voc', folder, { subset: 'none' })).rejects.toThrow(
      'No annotation is in the subset',
    );
    await expect(readFormat('voc', folder, { classes: 'cat\ndoc' })).rejects.toThrow(
      'Annotations/a.xml, object 1: the class "dog" is not in the list of classes. Is "doc" meant?',
    );
  });

  it('lists of classes alone, as VoTT v1 exports them, are subsets', async () => {
    const png = await blankImage(64, 48);
    const annotation = (name: string) =>
      xml(`<object><name>dog</name>${box}</object>`).replace('a.png', name);
    const folder = await aFolder({
      'Annotations/a.xml': annotation('a.png'),
      'Annotations/b.xml': annotation('b.png'),
      'JPEGImages/a.png': png,
      'JPEGImages/b.png': png,
      'ImageSets/Main/dog_train.txt': 'a.png 1\r\n',
      'ImageSets/Main/dog_val.txt': 'b.png 1\r\n',
      'ImageSets/Main/cat_train.txt': 'a.png -1\r\n',
      'ImageSets/Main/cat_val.txt': 'b.png -1\r\n',
    });
    const all = await readFormat('voc', folder);
    expect(all.records.map(({ id, attributes }) => [id, attributes])).toEqual([
      ['a', { split: 'train' }],
      ['b', { split: 'validation' }],
    ]);
    expect((await readFormat('voc', folder, { subset: 'val' })).records.map(({ id }) => id)).toEqual(['b']);
  });

  it('whole pixels are counted from 1, and what it cannot hold is said once, with its number', async () => {
    const folder = await aFolder();
    const objects = [1, 2, 3].map((index) => ({
      box: [0.4, index, 10.6, 20] as [number, number, number, number],
      class: 'dog',
      visibleFraction: 0.5,
      areaPx: 10.2 * (20 - index), // of the box itself: nothing is lost
    }));
    const losses = await writeFormat('voc', folder, ['dog'], [anImage('a', { objects })]);
    expect(losses).toEqual([
      '3 boxes lose their visible fraction: Pascal VOC has no place for it (first: a).',
      '3 boxes are rounded to whole pixels: Pascal VOC has no others (first: a).',
    ]);
    const text = await readFile(join(folder, 'Annotations/a.xml'), 'utf8');
    expect(text).toContain('<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>20</ymax></bndbox>');
  });
});
