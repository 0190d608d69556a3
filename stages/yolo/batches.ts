import { RandomStream } from '../../pipeline/core/seed.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { datasetHeaderSchema, datasetRecordSchema } from '../lib/dataset/record.js';
import type { FlatObjects } from '../lib/imaging/augment.js';
import { decodeImage, type RgbImage } from '../lib/imaging/decode-image.js';

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

/**
 * Which image stands at each place of an endless row of epochs, each in its own random order: batches are cut from the
 * row one after the other, so that no image is left over at an epoch's end.
 */
export class EpochOrder {
  readonly #count: number;
  readonly #seed: number;
  #epoch = -1;
  #order: readonly number[] = [];

  constructor(count: number, seed: number) {
    this.#count = count;
    this.#seed = seed;
  }

  at(position: number): { readonly epoch: number; readonly index: number } {
    const epoch = Math.floor(position / this.#count);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#order = new RandomStream(this.#seed, 'order', epoch).shuffled([...Array(this.#count).keys()]);
    }
    return { epoch, index: this.#order[position % this.#count] ?? 0 };
  }
}

/** Decoded images, in memory that workers share; the oldest go when there are too many bytes. */
export class ImageCache {
  readonly #images = new Map<string, Promise<RgbImage>>();
  readonly #bytes = new Map<string, number>();
  #total = 0;

  /** @param atMost images that are larger are shrunk until they fit */
  constructor(
    readonly atMost: { readonly width: number; readonly height: number },
    readonly limitBytes = 2 * 1024 ** 3,
  ) {}

  get(image: LabelledImage): Promise<RgbImage> {
    const known = this.#images.get(image.path);
    if (known) return known;
    const loading = decodeImage(image.path, image.id, this.atMost).then((decoded) => {
      this.#account(image.path, decoded.data.length);
      return { ...decoded, data: shared(decoded.data) };
    });
    this.#images.set(image.path, loading);
    return loading;
  }

  #account(path: string, bytes: number): void {
    this.#bytes.set(path, bytes);
    this.#total += bytes;
    for (const [oldest, size] of this.#bytes) {
      if (this.#total <= this.limitBytes || oldest === path) break;
      this.#bytes.delete(oldest);
      this.#images.delete(oldest);
      this.#total -= size;
    }
  }
}

function shared(data: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(data.length));
  copy.set(data);
  return copy;
}
