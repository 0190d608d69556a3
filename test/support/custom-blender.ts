import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { productRoot } from '../../pipeline/core/product-root.js';

const archive = join(productRoot(), '../shared/tools/blender-3.4.1-custom.tar.xz');
const named = process.env['BLENDER_CUSTOM'];

/** Whether there is a Blender with Viewer nodes in the background: `$BLENDER_CUSTOM`, or the archive beside the repository. */
export const hasCustomBlender = named !== undefined || existsSync(archive);

/** How to have one, for the names of tests that are skipped. */
export const customBlenderNeeds = `needs $BLENDER_CUSTOM or ${archive}`;

/** The custom Blender's path; an archive is unpacked into a temporary folder, which `remove` deletes. */
export async function customBlender(): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> {
  if (named !== undefined) return { path: named, remove: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-custom-'));
  await execa('tar', ['-xJf', archive, '-C', folder]);
  return {
    path: join(folder, 'blender-3.4.1-custom', 'blender'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
