import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix } from 'node:path';
import fastGlob from 'fast-glob';
import { concurrently } from '../core/concurrently.js';
import { writing } from '../core/disk-failure.js';
import { UserError } from '../core/user-error.js';
import type { Artifact, ArtifactFile, ArtifactType, OutputWriter } from '../stage/artifact.js';
import type { Blobs } from '../store/blobs.js';
import { storeArtifact } from '../store/manifest.js';

/** An output while its stage runs: a folder, and references to contents that the store already has. */
export class OutputFolder implements OutputWriter {
  readonly #references = new Map<string, ArtifactFile>();

  private constructor(readonly directory: string) {}

  /** An empty folder: what an attempt that was killed left in it is removed. */
  static async prepare(directory: string): Promise<OutputFolder> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    return new OutputFolder(directory);
  }

  async path(name: string): Promise<string> {
    const path = join(this.directory, checkedName(name));
    await mkdir(dirname(path), { recursive: true });
    return path;
  }

  async write(name: string, data: string | Uint8Array): Promise<void> {
    await writing(join(this.directory, name), async () => writeFile(await this.path(name), data));
  }

  reference(name: string, content: Pick<ArtifactFile, 'digest' | 'sizeBytes'>): void {
    const path = checkedName(name);
    if (this.#references.has(path)) throw new UserError(`Two files of one output are called ${path}.`);
    this.#references.set(path, { path, digest: content.digest, sizeBytes: content.sizeBytes });
  }

  /** Moves the folder's files into the store and makes the artifact of them and the references. */
  async store(type: ArtifactType, blobs: Blobs): Promise<Artifact> {
    const files = [...this.#references.values()];
    const names = await fastGlob('**/*', { cwd: this.directory, dot: true, followSymbolicLinks: false });
    await concurrently(names, 8, async (path) => {
      files.push({ path, ...(await blobs.take(join(this.directory, path))) });
    });
    return storeArtifact(blobs, type, files);
  }
}

/** @throws UserError for a name that would leave the output's folder */
function checkedName(name: string): string {
  const normal = posix.normalize(name);
  if (isAbsolute(name) || normal === '.' || normal.split('/').includes('..') || name.includes('\0'))
    throw new UserError(`${JSON.stringify(name)} is no name for a file inside an output.`);
  return normal;
}
