import { z } from 'zod';
import { digestOfBytes } from '../../pipeline/core/digest.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import { DatasetWriter } from '../../stages/lib/dataset/dataset-writer.js';

const params = z.strictObject({
  name: z.string().describe('Another name gives other images'),
  count: z.number().int().positive().describe('So many images'),
  boxes: z.number().int().positive().describe('So many boxes each'),
});

/** A stage kind that makes a dataset of files that are no pictures: what is done with it is done with records. */
export const boxesStage = defineStage({
  kind: 'bench/boxes',
  summary: 'Makes a dataset of many boxes',
  revision: 1,
  params,
  inputs: {},
  outputs: { dataset: { type: 'dataset', description: 'Files that are no pictures, with boxes' } },
  seeded: () => false,
  run: async ({ params: { name, count, boxes }, output }) => {
    const dataset = output('dataset');
    const writer = new DatasetWriter(dataset, { classes: ['person', 'chair'], images: 'written' });
    for (let index = 0; index < count; index++) {
      const id = String(index).padStart(6, '0');
      const content = `${name} ${id}`;
      const image = `images/${id.slice(0, 3)}/${id}.png`;
      await dataset.write(image, content);
      await writer.add({
        id,
        image,
        imageDigest: digestOfBytes(content),
        imageBytes: content.length,
        width: 640,
        height: 480,
        objects: Array.from({ length: boxes }, (_, box) => ({
          box: [box, index % 400, box + 20.5, (index % 400) + 31.25],
          class: box % 2 === 0 ? 'person' : 'chair',
          visibleFraction: 0.75,
          areaPx: 512,
        })),
        source: { dataset: name, group: `scene-${index >> 3}` },
        attributes: { camera: index % 4 },
      });
    }
    await writer.finish();
  },
});
