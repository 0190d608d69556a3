import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { AnnotatedImage } from '../annotation.js';
import type { FormatWriter, WriteRequest } from '../format.js';
import { imageNameOf } from '../image-name.js';
import { TextFile } from '../text-file.js';
import { cocoOfObject } from './objects.js';

/** COCO's body in COCO's order; a scene that knows some of these points gets all of them, the others as not known. */
const cocoBody = [
  ...[
    'nose',
    'left_eye',
    'right_eye',
    'left_ear',
    'right_ear',
    'left_shoulder',
    'right_shoulder',
    'left_elbow',
  ],
  ...[
    'right_elbow',
    'left_wrist',
    'right_wrist',
    'left_hip',
    'right_hip',
    'left_knee',
    'right_knee',
    'left_ankle',
  ],
  'right_ankle',
];

/**
 * Writes `annotations/instances.json` and `images/`. Ids of images, annotations and categories count from 1; category
 * 1 is the first class. COCO has a place for everything (our own flags under `attributes`), so nothing is lost.
 */
export function createCocoWriter({ classes, path, placeImage, notes }: WriteRequest): FormatWriter {
  return new CocoWriter(classes, path, placeImage, notes);
}

class CocoWriter implements FormatWriter {
  #imageCount = 0;
  #objectCount = 0;
  #file: TextFile | undefined;
  #annotations: TextFile | undefined;
  readonly #categoryIds: ReadonlyMap<string, number>;
  readonly #keypointNames = new Map<string, readonly string[]>();

  constructor(
    private readonly classes: readonly string[],
    private readonly path: WriteRequest['path'],
    private readonly placeImage: WriteRequest['placeImage'],
    private readonly notes: WriteRequest['notes'],
  ) {
    this.#categoryIds = new Map(classes.map((name, index) => [name, index + 1]));
  }

  async add(image: AnnotatedImage): Promise<void> {
    const { file, annotations } = await this.#files();
    const { record } = image;
    const name = imageNameOf(record);
    const id = ++this.#imageCount;
    const { width, height, source } = record;
    const hasAttributes = Object.keys(record.attributes).length > 0;
    const entry = {
      id,
      file_name: name,
      width,
      height,
      ...(hasAttributes ? { attributes: record.attributes } : {}),
      provenance: source,
    };
    await file.append(`${id === 1 ? '' : ','}\n${JSON.stringify(entry)}`);
    for (const object of record.objects) {
      const annotation = {
        id: ++this.#objectCount,
        image_id: id,
        category_id: this.#categoryIds.get(object.class),
        ...cocoOfObject(object),
        ...this.#keypoints(object.class, object.keypoints, record.id),
      };
      await annotations.append(`${this.#objectCount === 1 ? '' : ','}\n${JSON.stringify(annotation)}`);
    }
    await this.placeImage(`images/${name}`, image);
  }

  async finish(): Promise<void> {
    const { file, annotations } = await this.#files();
    await annotations.finish();
    await file.append('\n],\n"annotations": [');
    for await (const chunk of createReadStream(annotations.path, 'utf8')) await file.append(String(chunk));
    await rm(annotations.path);
    const categories = this.classes.map((name, index) => {
      const keypoints = this.#keypointNames.get(name);
      return JSON.stringify({
        id: index + 1,
        name,
        supercategory: 'none',
        ...(keypoints ? { keypoints } : {}),
      });
    });
    await file.append(`\n],\n"categories": [\n${categories.join(',\n')}\n]\n}\n`);
    await file.finish();
  }

  /** The annotations wait in a file of their own until the list of images is complete. */
  async #files(): Promise<{ readonly file: TextFile; readonly annotations: TextFile }> {
    if (!this.#file) {
      this.#file = new TextFile(await this.path('annotations/instances.json'));
      await this.#file.append('{\n"info": {"description": "Written by Darkroom"},\n"images": [');
    }
    this.#annotations ??= new TextFile(await this.path('annotations/instances.json.part'));
    return { file: this.#file, annotations: this.#annotations };
  }

  /** A category has one list of points: COCO's body where that fits, else that of its first object. */
  #keypoints(
    className: string,
    keypoints: AnnotatedImage['record']['objects'][number]['keypoints'],
    recordId: string,
  ): { readonly keypoints?: readonly number[]; readonly num_keypoints?: number } {
    if (!keypoints) return {};
    const given = Object.keys(keypoints);
    const names =
      this.#keypointNames.get(className) ??
      (given.every((name) => cocoBody.includes(name)) ? cocoBody : given);
    this.#keypointNames.set(className, names);
    const lost = given.filter((name) => !names.includes(name)).length;
    if (lost > 0)
      this.notes.count(
        '{n} keypoints are lost: the first object of their class has no such point',
        recordId,
        lost,
      );
    const points = names.map((name) => keypoints[name] ?? ([0, 0, 0] as const));
    return { keypoints: points.flat(), num_keypoints: points.filter(([, , seen]) => seen > 0).length };
  }
}
