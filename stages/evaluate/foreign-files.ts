import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../../pipeline/core/user-error.js';
import { FileTree } from '../lib/formats/file-tree.js';
import type { PixelConvention } from '../lib/formats/pixel-convention.js';
import { NumberList } from '../lib/metrics/number-list.js';
import { detectionPatterns, type DetectionFormat } from '../lib/predictions/foreign-detection.js';
import { readDetections } from '../lib/predictions/read-detections.js';
import { TargetImages, type TargetImage } from '../lib/predictions/target-images.js';
import type { Coordinates } from '../lib/predictions/units.js';
import { newColumns, pushBox, valuesOf } from './box-columns.js';
import type { CocoFiles } from './coco-files.js';
import { readCocoTruth } from './coco-truth.js';

/** Told by their files; a text file is of Pascal VOC where it is called as its development kit wants it. */
export async function detectionFormatOf(path: string): Promise<DetectionFormat> {
  if (/\.json$/i.test(path)) return 'coco';
  const names = (await isFolder(path)) ? await fastGlob(['**/*'], { cwd: path }) : [basename(path)];
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/\.(tfrecords?|record)$|-\d{5}-of-\d{5}$/i)) return 'tfrecord';
  if (has(/(^|\/)comp\d+_[^/]*\.txt$/)) return 'voc';
  if (has(/\.txt$/)) return 'yolo';
  throw new UserError(`${path} holds no detections of a known form.`, {
    hint: 'They are a .json file of COCO’s results, .txt files, or TFRecord shards; say which with --format.',
  });
}

/**
 * Reads a truth in COCO's form, and predictions of another form, whose images and classes are called as in the truth.
 * @throws UserError as readCocoTruth and readDetections, and for a class that the truth does not have
 */
export async function readForeignFiles(
  truthPath: string,
  predictionsPath: string,
  options: {
    readonly format: Exclude<DetectionFormat, 'coco'>;
    readonly classes?: string | undefined;
    readonly coordinates: Coordinates;
    readonly pixels?: PixelConvention | undefined;
  },
): Promise<CocoFiles> {
  const { images, categories, truth, warnings } = await readCocoTruth(truthPath);
  const classOf = new Map(categories.map(({ name }, index) => [name, index]));
  const targets = [...images].map(([id, { fileName, width, height }]): TargetImage => {
    if (fileName === undefined)
      throw new UserError(`${truthPath}: image ${id} has no file_name, so no prediction can be of it.`);
    return { id: String(id), name: fileName, width, height };
  });
  const classes = options.classes === undefined ? undefined : FileTree.ofFile(options.classes);
  const { found, notes } = await readDetections({
    format: options.format,
    tree: await treeOf(predictionsPath, options.format),
    images: new TargetImages(truthPath, targets),
    truthClasses: [...classOf.keys()],
    classes: classes && { file: classes.only, text: await classes.readText(classes.only) },
    coordinates: options.coordinates,
    pixels: options.pixels,
  });
  const columns = newColumns();
  const scores = new NumberList();
  for (const [number, target] of targets.entries())
    for (const { class: name, score, box } of found.get(target) ?? []) {
      const k = classOf.get(name);
      if (k === undefined)
        throw new UserError(`There are detections of class "${name}", which is not in ${truthPath}.`, {
          hint: `It has ${[...classOf.keys()].join(', ')}.`,
        });
      pushBox(columns, number, k, [box[0], box[1], box[2] - box[0], box[3] - box[1]]);
      scores.push(score);
    }
  return {
    evaluation: {
      imageCount: images.size,
      classCount: categories.length,
      truth,
      detections: { ...valuesOf(columns), score: scores.values() },
    },
    categories,
    imageIds: [...images.keys()],
    warnings: [...warnings, ...notes],
  };
}

async function treeOf(path: string, format: DetectionFormat): Promise<FileTree> {
  if (!(await isFolder(path))) return FileTree.ofFile(path);
  const names = await fastGlob([...detectionPatterns[format]], { cwd: path });
  return new FileTree(
    path,
    names.map((name) => join(path, name)),
  );
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`There is no file or folder ${path}.`);
  return found.isDirectory();
}
