import { describe, expect, it } from 'vitest';
import { importStage } from '../../../stages/import/stage.js';
import type { SourceRequest } from '../../../pipeline/stage/definition.js';
import { recordsIn } from '../../support/dataset-builder.js';
import { aFolder, blankImage } from '../../support/format-harness.js';
import { runStage } from '../../support/stage-harness.js';

const instances = (fileName: string) =>
  JSON.stringify({
    images: [{ id: 1, file_name: fileName, width: 64, height: 48 }],
    categories: [{ id: 3, name: 'dog' }],
    annotations: [{ id: 1, image_id: 1, category_id: 3, bbox: [1, 2, 3, 4], iscrowd: 0, area: 12 }],
  });

describe('the import stage', () => {
  it('makes a dataset of a COCO file, its images and a table of attributes', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'real/annotations/instances.json': instances('ward7_001.png'),
      'real/images/ward7_001.png': png,
      'real/images/other.png': png,
      'real/light.csv': 'image,light\nward7_001.png,IR\n',
    });
    const { outputs, warnings, metrics } = await runStage(importStage, {
      params: {
        format: 'coco',
        path: 'real/annotations/instances.json',
        attributes: 'real/light.csv',
        group: '^(ward\\d+)_',
        name: 'hospital',
      },
      baseDirectory: folder,
    });
    const dataset = outputs['dataset'];
    const [record] = await recordsIn(dataset);
    expect(record).toMatchObject({
      id: 'ward7_001',
      image: 'images/ward7_001.png',
      width: 64,
      height: 48,
      imageBytes: png.length,
      source: { dataset: 'hospital', group: 'ward7' },
      attributes: { light: 'IR' },
      objects: [{ box: [1, 2, 4, 6], class: 'dog', crowd: false, areaPx: 12 }],
    });
    expect((await dataset?.readBytes('images/ward7_001.png'))?.equals(png)).toBe(true);
    expect((await dataset?.file('images/ward7_001.png'))?.digest).toBe(record?.imageDigest);
    expect(warnings).toEqual([
      '1 images of the folder are in no annotation and are left out (images/other.png).',
    ]);
    expect(metrics).toMatchObject({ images: 1, objects: 1 });
  });

  it('reads folders, their lists, and classes that are written in the pipeline file', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'y (1)/images/a.PNG': png,
      'y (1)/labels/a.txt': '1 0.5 0.5 0.5 0.5\n',
    });
    const { outputs } = await runStage(importStage, {
      params: { format: 'yolo', path: 'y (1)', classes: ['person', 'dog'] },
      baseDirectory: folder,
    });
    const [record] = await recordsIn(outputs['dataset']);
    expect(record).toMatchObject({
      image: 'images/a.PNG',
      objects: [{ class: 'dog', box: [16, 12, 48, 36] }],
    });
    expect(JSON.parse((await outputs['dataset']?.readText('dataset.json')) ?? '')).toMatchObject({
      classes: ['person', 'dog'],
    });
  });

  it('an image outside of the declared folder is refused even where paths may lead out: it is in no key', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({
      'real/instances.json': instances('../elsewhere/a.png'),
      'real/b.png': png,
      'elsewhere/a.png': png,
    });
    const params = { format: 'coco', path: 'real/instances.json' };
    await expect(runStage(importStage, { params, baseDirectory: folder })).rejects.toThrow('leads out of');
    await expect(
      runStage(importStage, { params: { ...params, allowOutside: true }, baseDirectory: folder }),
    ).rejects.toThrow('lies outside of the images’ folder');
  });

  it('a dataset of which nothing is left is an error that says why', async () => {
    const folder = await aFolder({ 'i.json': instances('gone.png'), 'b.png': await blankImage(64, 48) });
    await expect(
      runStage(importStage, {
        params: { format: 'coco', path: 'i.json', missing: 'skip' },
        baseDirectory: folder,
      }),
    ).rejects.toThrow('No image of i.json is left.');
  });

  it('declares what it reads: nothing that it reads is missing in its key, and no path stands there', () => {
    const patterns = (params: object): string[] => {
      const requests: readonly SourceRequest[] =
        importStage.sources?.(importStage.params.parse(params), new Set()) ?? [];
      return requests.map(({ role, pattern }) => `${role} ${pattern.replace(/\{jpg,.*\}/, 'IMG')}`);
    };
    expect(patterns({ format: 'coco', path: 'x/annotations/i.json' })).toEqual([
      'annotations x/annotations/i.json',
      'images x/**/*.IMG',
    ]);
    expect(patterns({ format: 'voc', path: 'v', images: 'w', classes: 'c.txt' })).toEqual([
      'annotations v/**/*.xml',
      'annotations v/**/ImageSets/**/*.txt',
      'annotations v/labels.txt',
      'images w/**/*.IMG',
      'classes c.txt',
    ]);
    expect(patterns({ format: 'yolo', path: 'y/data.yaml', attributes: 'a.csv' })).toEqual([
      'annotations y/**/*.{txt,names,data,yaml,yml}',
      'images y/**/*.IMG',
      'attributes a.csv',
    ]);
    expect(patterns({ format: 'tfrecord', path: 't' })[0]).toContain('annotations t/**/*.{tfrecord');
    const key = (path: string) =>
      importStage.keyParams?.(importStage.params.parse({ format: 'coco', path, images: `${path}-images` }));
    expect(key('here/a.json')).toEqual(key('there/b.json'));
  });
});
