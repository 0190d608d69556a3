import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { datasetHeaderSchema, datasetRecordSchema } from '../lib/dataset/record.js';
import type { FlatObjects } from '../lib/imaging/augment.js';

/** An image of a dataset that a training reads, without its pixels. */
export interface LabelledImage {
  readonly id: string;
  readonly path: string;
  /** In pixels of the image as stored; crowds are left out. */
  readonly objects: FlatObjects;
}

export interface LabelledImages {
  readonly classes: readonly string[];
  readonly images: readonly LabelledImage[];
  /** Boxes that mark a crowd: not one object, so nothing to learn from. */
  readonly crowdCount: number;
  /** Boxes without an area. */
  readonly emptyCount: number;
}

/** Reads a dataset's records. @param classes whose order counts; the dataset's own where undefined */
export async function readLabelledImages(
  dataset: ArtifactReader,
  classes?: readonly string[],
): Promise<LabelledImages> {
  const header = datasetHeaderSchema.parse(JSON.parse(await dataset.readText('dataset.json')));
  const names = classes ?? header.classes;
  const images: LabelledImage[] = [];
  let crowdCount = 0;
  let emptyCount = 0;
  for await (const line of dataset.readLines('records.jsonl')) {
    const record = datasetRecordSchema.parse(JSON.parse(line));
    const kept = record.objects.filter(({ crowd, box: [x0, y0, x1, y1] }) => {
      if (crowd) crowdCount++;
      else if (!(x1 > x0 && y1 > y0)) emptyCount++;
      return !crowd && x1 > x0 && y1 > y0;
    });
    for (const object of kept)
      if (!names.includes(object.class))
        throw new UserError(`Image ${record.id} has an object of class "${object.class}", which is not among the classes to learn: ${names.join(', ')}.`); // prettier-ignore
    const objects = {
      boxes: Float32Array.from(kept.flatMap((object) => object.box)),
      classes: Int32Array.from(kept, (object) => names.indexOf(object.class)),
    };
    const path = dataset.locate(await dataset.file(record.image));
    images.push({ id: record.id, path, objects });
  }
  return { classes: names, images, crowdCount, emptyCount };
}
