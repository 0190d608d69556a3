import type { BoxXyxyPx } from '../dataset/record.js';
import type { AnnotationPlace } from '../formats/annotation-place.js';
import type { CountedNotes } from '../formats/counted-notes.js';
import type { FileTree } from '../formats/file-tree.js';
import type { GivenClasses } from '../formats/format.js';
import type { TargetImage, TargetImages } from './target-images.js';

/** The forms in which detections come from other programs, and what each one is for people. */
export const detectionFormatDescriptions = {
  coco: 'COCO results: one list of { image_id, category_id, bbox: [x, y, width, height], score }',
  yolo: 'a text file for each image, `class cx cy width height score` a line in shares of the image, classes from 0',
  voc: 'a text file for each class (comp4_det_test_CLASS.txt), `image score xmin ymin xmax ymax` a line',
  tfrecord: 'TFRecord shards with image/detection/bbox, …/score and …/label, with a label map',
} as const;
export type DetectionFormat = keyof typeof detectionFormatDescriptions;
export const detectionFormats = Object.keys(detectionFormatDescriptions) as [
  DetectionFormat,
  ...DetectionFormat[],
];

/** The patterns of a form's files below its folder. */
export const detectionPatterns: Readonly<Record<DetectionFormat, readonly string[]>> = {
  coco: ['**/*.json'],
  yolo: ['**/*.txt'],
  voc: ['**/*.txt'],
  tfrecord: ['**/*.{tfrecord,tfrecords,record,pbtxt}', '**/*-[0-9][0-9][0-9][0-9][0-9]-of-*'],
};

/** What another program found, as it wrote it. */
export interface ForeignDetection {
  readonly place: AnnotationPlace;
  readonly image: TargetImage;
  readonly class: string;
  readonly score: number;
  /** Edges in the units of the file: pixels, or shares of the image's sides. */
  readonly box: BoxXyxyPx;
}

export interface DetectionsRequest {
  readonly tree: FileTree;
  readonly images: TargetImages;
  /** The classes of the truth in their order. */
  readonly truthClasses: readonly string[];
  /** The class list of the detector, where a person gave it. */
  readonly classes?: GivenClasses;
  readonly notes: CountedNotes;
}
