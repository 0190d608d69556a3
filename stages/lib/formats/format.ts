import type { AnnotatedImage, OpenedAnnotations } from './annotation.js';
import type { CountedNotes } from './counted-notes.js';
import type { FileTree } from './file-tree.js';
import type { ImageFinder } from './image-finder.js';
import type { ReadOptions } from './read-options.js';

/** Class names that a person gave beside the annotations: a list in their words, or a file's text. */
export interface GivenClasses {
  /** What messages call it. */
  readonly file: string;
  readonly text: string;
}

export interface ReadRequest {
  /** The annotation files: a folder's, or one. */
  readonly tree: FileTree;
  readonly images: ImageFinder;
  readonly classes?: GivenClasses;
  readonly options: ReadOptions;
  /** A folder for scratch files; the caller removes it. */
  readonly scratch: string;
  readonly notes: CountedNotes;
}

export interface WriteOptions {
  /** Files that tfrecord spreads the images over. */
  readonly shards: number;
}

export interface WriteRequest {
  readonly classes: readonly string[];
  /** The absolute path for a file of this name below the output folder; makes the folders above it. */
  path(name: string): Promise<string>;
  /** Puts the image's content there under this name. */
  placeImage(name: string, image: AnnotatedImage): Promise<void>;
  readonly options: WriteOptions;
  /** What the format cannot hold is counted here. */
  readonly notes: CountedNotes;
}

/** Writes a dataset image by image; what is in memory does not grow with the boxes. */
export interface FormatWriter {
  add(image: AnnotatedImage): Promise<void>;
  /** Writes what is only known at the end. */
  finish(): Promise<void>;
}

/** A format's two halves. */
export interface Format {
  open(request: ReadRequest): Promise<OpenedAnnotations>;
  create(request: WriteRequest): FormatWriter;
}
