import { describe, expect, it } from 'vitest';
import { exportStage } from '../../../stages/export/stage.js';
import { formatNames } from '../../../stages/lib/formats/format-names.js';
import { aDataset, anObject, aRecord } from '../../support/dataset-builder.js';
import { blankImage } from '../../support/format-harness.js';
import { runStage } from '../../support/stage-harness.js';

describe('the export stage', () => {
  it.each(formatNames)('%s: writes files and images, and says what is lost', async (format) => {
    const image = await blankImage(100, 80);
    const dataset = await aDataset(
      [aRecord('a', { objects: [anObject('dog', [1.5, 2, 30, 40], { visibleFraction: 0.5 })] })],
      { images: new Map([['a', image]]) },
    );
    const { outputs, warnings, metrics } = await runStage(exportStage, {
      params: { format },
      inputs: { dataset },
    });
    const files = outputs['files'];
    const names: string[] = [];
    for await (const { path } of files?.files() ?? []) names.push(path);
    const expected: Record<typeof format, readonly string[]> = {
      coco: ['annotations/instances.json', 'images/a.png'],
      yolo: ['classes.txt', 'darknet.data', 'data.yaml', 'images/a.png', 'labels/a.txt', 'train.txt'],
      keras: ['annotations.txt', 'classes.txt', 'images/a.png'],
      voc: ['Annotations/a.xml', 'ImageSets/Main/default.txt', 'JPEGImages/a.png', 'labels.txt'],
      csv: ['classes.txt', 'images/a.png', 'labels.csv'],
      tfrecord: ['dataset.tfrecord-00000-of-00001', 'label_map.pbtxt'],
      openimages: ['annotations-bbox.csv', 'class-descriptions.csv', 'image-ids.csv', 'images/a.png'],
      darkroom: ['dataset.json', 'images/a.png', 'records.jsonl'],
    };
    expect(names.sort()).toEqual([...expected[format]].sort());
    for (const name of names)
      if (name.endsWith('.png')) expect((await files?.readBytes(name))?.equals(image)).toBe(true);
    expect(warnings.join().includes('1 boxes lose their visible fraction')).toBe(
      format !== 'coco' && format !== 'darkroom',
    );
    expect(metrics).toMatchObject({ images: 1, objects: 1 });
  });
});
