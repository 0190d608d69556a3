import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';

/** Copies an artifact's files into a folder, where other programs find them under their names. */
export async function unpackArtifact(artifact: ArtifactReader, folder: string): Promise<void> {
  for await (const file of artifact.files()) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true });
    await copyFile(artifact.locate(file), join(folder, file.path));
  }
}
