import type { Digest } from '../core/digest.js';

/**
 * What kind of thing an artifact is (`frames`, `dataset`, `detector`, …). The engine only compares these
 * names; their meaning is the stages' own (stages/artifact-types.ts).
 */
export type ArtifactType = string;

/** One file of an artifact: its name inside the artifact and the content it stands for. */
export interface ArtifactFile {
  /** Relative, with `/`, without `..`. */
  readonly path: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** A typed, immutable output. Its digest is that of its manifest: the sorted list of its files. */
export interface Artifact {
  readonly type: ArtifactType;
  readonly digest: Digest;
  readonly fileCount: number;
  readonly sizeBytes: number;
}

/** How a stage reads one of its inputs. Contents are read-only files in the store. */
export interface ArtifactReader extends Artifact {
  /** All files in the order of their paths. */
  files(): AsyncIterable<ArtifactFile>;
  /** @throws MissingFileError when the artifact has no file of this name */
  file(path: string): Promise<ArtifactFile>;
  has(path: string): Promise<boolean>;
  /** The absolute path of a content (it has no extension; never write to it). */
  locate(content: { readonly digest: Digest }): string;
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Buffer>;
  /** The lines of a text file, without their ends, streamed; empty lines are left out. */
  readLines(path: string): AsyncIterable<string>;
}

/** How a stage writes one of its outputs. Nothing is visible to others before the whole stage succeeded. */
export interface OutputWriter {
  /** A folder that is empty when the stage starts; whatever lies in it at the end is part of the artifact. */
  readonly directory: string;
  /** The absolute path for a file of this name; makes the folders above it. */
  path(name: string): Promise<string>;
  write(name: string, data: string | Uint8Array): Promise<void>;
  /** Adds a content that the store already has under a new name, without a copy. */
  reference(name: string, content: { readonly digest: Digest; readonly sizeBytes: number }): void;
}
