import { join } from 'node:path';
import fastGlob from 'fast-glob';
import { digestOfFile, digestOfJson, type Digest } from '../../pipeline/core/digest.js';
import { blenderFolder } from '../lib/blender/blender-folder.js';

/** The digest of our Python that runs inside Blender: frames made by another version of it are others. */
export async function blenderCodeDigest(): Promise<Digest> {
  const folder = blenderFolder();
  const names = (await fastGlob(['main.py', 'inspect_scene.py', 'darkroom/**/*.py'], { cwd: folder })).sort();
  const digests = await Promise.all(names.map((name) => digestOfFile(join(folder, name))));
  return digestOfJson(names.map((name, index) => [name, digests[index] ?? null]));
}
