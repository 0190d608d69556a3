import { UserError } from '../../../pipeline/core/user-error.js';
import { CountedNotes } from '../formats/counted-notes.js';
import type { FileTree } from '../formats/file-tree.js';
import type { GivenClasses } from '../formats/format.js';
import type { PixelConvention } from '../formats/pixel-convention.js';
import type { DetectionFormat, DetectionsRequest, ForeignDetection } from './foreign-detection.js';
import { placeDetections, type PlacedDetection } from './place-detections.js';
import type { TargetImage, TargetImages } from './target-images.js';
import type { Coordinates } from './units.js';

export interface DetectionsToRead {
  readonly format: DetectionFormat;
  readonly tree: FileTree;
  readonly images: TargetImages;
  readonly truthClasses: readonly string[];
  readonly classes?: GivenClasses | undefined;
  /** For coco: the file with the images and categories that the ids are of. */
  readonly names?: FileTree | undefined;
  readonly coordinates: Coordinates;
  /** Where pixels begin; by default as files of this form have it. */
  readonly pixels?: PixelConvention | undefined;
}

/**
 * Reads detections of another program.
 * @returns what was found, by image, and what a person should know of it
 * @throws UserError as the readers and placeDetections, for an option that means nothing to the form, and for no file
 */
export async function readDetections(given: DetectionsToRead): Promise<{
  readonly found: ReadonlyMap<TargetImage, readonly PlacedDetection[]>;
  readonly notes: readonly string[];
}> {
  const { format, tree, images, classes, pixels } = given;
  checkOptions(given);
  if (tree.names.length === 0)
    throw new UserError(`There is no file of detections in ${tree.folder}.`, {
      hint: 'Look at the path and at the format.',
    });
  const notes = new CountedNotes();
  const request = { tree, images, truthClasses: given.truthClasses, notes, ...(classes ? { classes } : {}) };
  const found = await placeDetections(await readerOf(given)(request), images, {
    label: tree.names.length === 1 ? tree.only : tree.folder,
    coordinates: given.coordinates,
    usual: format === 'coco' || format === 'voc' ? 'pixel' : 'normalised',
    pixels: pixels ?? (format === 'voc' ? 'one-based' : 'zero-based'),
    notes,
  });
  return { found, notes: notes.sentences() };
}

type Read = (request: DetectionsRequest) => Promise<AsyncIterable<ForeignDetection>>;

function readerOf({ format, names }: DetectionsToRead): Read {
  const readers: Readonly<Record<DetectionFormat, Read>> = {
    coco: async (request) => {
      const { readCocoDetections } = await import('./read-coco-detections.js');
      if (!names)
        throw new UserError('COCO’s results have ids, and nothing says what they mean.', {
          hint: 'Name the COCO file with their images and categories: `names`.',
        });
      return readCocoDetections(request, names);
    },
    yolo: async (request) => (await import('./read-yolo-detections.js')).readYoloDetections(request),
    voc: async (request) => (await import('./read-voc-detections.js')).readVocDetections(request),
    tfrecord: async (request) =>
      (await import('./read-tfrecord-detections.js')).readTfRecordDetections(request),
  };
  return readers[format];
}

function checkOptions({ format, names, pixels, classes }: DetectionsToRead): void {
  const idle = [
    names && format !== 'coco' ? 'names' : undefined,
    pixels && format !== 'voc' ? 'pixels' : undefined,
    classes && format === 'coco' ? 'classes' : undefined,
  ].find((name) => name !== undefined);
  if (idle !== undefined)
    throw new UserError(`${idle} does nothing for ${format} detections.`, { hint: `Leave ${idle} out.` });
}
