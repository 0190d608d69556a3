import { z } from 'zod';
import type { DatasetRecord, ObjectRecord } from '../record.js';
import { colourStatisticsSchema } from './colour-statistics.js';
import { addTo, emptyHistogram, evenBounds, histogramSchema } from './histogram.js';

/** Cells of a side of the map of positions. */
export const mapSide = 24;

const count = z.number().int();

/** What a dataset holds, in numbers. */
export const datasetStatisticsSchema = z.strictObject({
  images: z.strictObject({
    count,
    /** Without any object. */
    empty: count,
    groups: count,
    sources: z.record(z.string(), count),
    /** By size, `640 × 480`, the most frequent first. */
    sizes: z.array(z.strictObject({ size: z.string(), images: count })),
  }),
  objects: z.strictObject({
    count,
    crowds: count,
    truncated: count,
    occluded: count,
    difficult: count,
    /** Of how many the visible share is known. */
    visibilityKnown: count,
    /** COCO's sizes: up to 32², up to 96² pixels, and above. */
    small: count,
    medium: count,
    large: count,
  }),
  classes: z.array(
    z.strictObject({
      name: z.string(),
      objects: count,
      images: count,
      /** Square root of the box's share of the image, the middle one of all; 0 without objects. */
      medianSize: z.number(),
    }),
  ),
  perImage: histogramSchema.describe('Images by the number of their objects'),
  size: histogramSchema.describe('Objects by the square root of their share of the image'),
  aspect: histogramSchema.describe('Objects by the logarithm (base 2) of width over height'),
  visibility: histogramSchema.describe('Objects by the share that can be seen'),
  /** [24, 24], row by row from the top: how many boxes lie over each part of the image. */
  positions: z.array(z.number()),
  colours: colourStatisticsSchema.optional(),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

const smallArea = 32 ** 2;
const mediumArea = 96 ** 2;

/** Gathers the statistics of a dataset, record by record; of an object only a number for its class is kept. */
export class StatisticsBuilder {
  readonly #sizes = new Map<string, number>();
  readonly #sources = new Map<string, number>();
  readonly #groups = new Set<string>();
  readonly #classes: ReadonlyMap<string, { images: number; sizes: number[] }>;
  readonly #objects = {
    count: 0,
    crowds: 0,
    truncated: 0,
    occluded: 0,
    difficult: 0,
    visibilityKnown: 0,
    small: 0,
    medium: 0,
    large: 0,
  };
  readonly #perImage = emptyHistogram([0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100]);
  readonly #size = emptyHistogram(evenBounds(0, 1, 20));
  readonly #aspect = emptyHistogram(evenBounds(-3, 3, 24));
  readonly #visibility = emptyHistogram(evenBounds(0, 1, 10));
  readonly #positions = new Float64Array(mapSide * mapSide);
  #images = 0;
  #empty = 0;

  constructor(classes: readonly string[]) {
    this.#classes = new Map(classes.map((name) => [name, { images: 0, sizes: [] }]));
  }

  add(record: DatasetRecord): void {
    this.#images += 1;
    if (record.objects.length === 0) this.#empty += 1;
    bump(this.#sizes, `${record.width} × ${record.height}`);
    bump(this.#sources, record.source.dataset);
    this.#groups.add(JSON.stringify([record.source.dataset, record.source.group]));
    addTo(this.#perImage, record.objects.length);
    for (const object of record.objects) this.#addObject(object, record);
    for (const name of new Set(record.objects.map((object) => object.class))) {
      const known = this.#classes.get(name);
      if (known) known.images += 1;
    }
  }

  #addObject(object: ObjectRecord, record: DatasetRecord): void {
    const [xmin, ymin, xmax, ymax] = object.box;
    const [width, height] = [Math.max(0, xmax - xmin), Math.max(0, ymax - ymin)];
    const objects = this.#objects;
    objects.count += 1;
    if (object.crowd) objects.crowds += 1;
    if (object.truncated) objects.truncated += 1;
    if (object.occluded) objects.occluded += 1;
    if (object.difficult) objects.difficult += 1;
    const area = width * height;
    objects[area < smallArea ? 'small' : area < mediumArea ? 'medium' : 'large'] += 1;
    const size = Math.sqrt(area / (record.width * record.height));
    addTo(this.#size, size);
    this.#classes.get(object.class)?.sizes.push(size);
    if (width > 0 && height > 0) addTo(this.#aspect, Math.log2(width / height));
    if (object.visibleFraction !== undefined) {
      objects.visibilityKnown += 1;
      addTo(this.#visibility, object.visibleFraction);
    }
    this.#cover(xmin / record.width, ymin / record.height, xmax / record.width, ymax / record.height);
  }

  /** Adds to each cell of the map the part of it that the box covers; corners in shares of the image. */
  #cover(xmin: number, ymin: number, xmax: number, ymax: number): void {
    const overlap = (cell: number, low: number, high: number): number =>
      Math.max(0, Math.min(high * mapSide, cell + 1) - Math.max(low * mapSide, cell));
    const first = (low: number): number => Math.max(0, Math.floor(low * mapSide));
    const last = (high: number): number => Math.min(mapSide - 1, Math.ceil(high * mapSide) - 1);
    for (let y = first(ymin); y <= last(ymax); y++)
      for (let x = first(xmin); x <= last(xmax); x++) {
        const covered = overlap(x, xmin, xmax) * overlap(y, ymin, ymax);
        this.#positions[y * mapSide + x] = (this.#positions[y * mapSide + x] ?? 0) + covered;
      }
  }

  finish(): DatasetStatistics {
    return {
      images: {
        count: this.#images,
        empty: this.#empty,
        groups: this.#groups.size,
        sources: Object.fromEntries([...this.#sources].sort()),
        sizes: [...this.#sizes]
          .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
          .map(([size, images]) => ({ size, images })),
      },
      objects: { ...this.#objects },
      classes: [...this.#classes].map(([name, { images, sizes }]) => ({
        name,
        objects: sizes.length,
        images,
        medianSize: median(sizes),
      })),
      perImage: this.#perImage,
      size: this.#size,
      aspect: this.#aspect,
      visibility: this.#visibility,
      positions: [...this.#positions].map((value) => Number(value.toFixed(4))),
    };
  }
}

function bump(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
