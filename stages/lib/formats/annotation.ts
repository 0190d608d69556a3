import type { DatasetRecord, ObjectRecord } from '../dataset/record.js';
import type { AnnotationPlace } from './annotation-place.js';
import type { PixelSize } from './pixel-size.js';

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What a format says of one image, before anybody looked at the image. */
export interface Annotation {
  /** The image as the annotation names it: a path relative to the images' folder, or a bare name. */
  readonly image: string;
  readonly place: AnnotationPlace;
  /** The size that the annotation gives; some formats give none. */
  readonly size?: PixelSize;
  /** The objects in pixels of an image of this size. Formats with normalised boxes need it, others ignore it. */
  readonly objects: (size: PixelSize) => readonly ObjectRecord[];
  readonly attributes?: Attributes;
  /** The name that the format itself has for the image, where it is to be the record's id. */
  readonly id?: string;
  /** Where it came from, for formats that keep that. */
  readonly source?: DatasetRecord['source'];
  /** The image itself, for formats that hold it. */
  readonly content?: Uint8Array;
}

/** A format's files, opened: the classes are known before the first image. */
export interface OpenedAnnotations {
  /** Class names; a class's index is its place here. */
  readonly classes: readonly string[];
  /** All images in a fixed order, streamed. Called once. */
  annotations(): AsyncIterable<Annotation>;
}

/** A dataset record before its image's content has a digest. */
export type ImageRecord = Omit<DatasetRecord, 'imageDigest' | 'imageBytes'>;

/** An image's content: a file, or bytes out of a container. */
export type ImageContent =
  { readonly type: 'file'; readonly path: string } | { readonly type: 'bytes'; readonly bytes: Uint8Array };

/** One image, with everything that is known of it, on its way from one format to another. */
export interface AnnotatedImage {
  readonly record: ImageRecord;
  readonly content: ImageContent;
}
