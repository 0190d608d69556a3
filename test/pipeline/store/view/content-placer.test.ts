import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ContentPlacer } from '../../../../pipeline/store/view/content-placer.js';

async function folderIn(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'darkroom-place-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('makes files with a content, in new folders, over old files, and on another disk', async () => {
  const root = await folderIn(tmpdir());
  const content = join(root, 'content');
  await writeFile(content, 'words');
  await mkdir(join(root, 'view'));
  const paths = [join(root, 'view/a'), join(root, 'view/deep/er/b'), join(root, 'view/old')];
  await writeFile(join(root, 'view/old'), 'what was there before');
  const elsewhere = await folderIn('/dev/shm').catch(() => undefined);
  if (elsewhere !== undefined) paths.push(join(elsewhere, 'far'), join(elsewhere, 'farther'));
  const placer = new ContentPlacer();
  for (const path of paths) await placer.place(content, path);
  for (const path of paths) expect(await readFile(path, 'utf8')).toBe('words');
  if (elsewhere !== undefined) expect((await stat(join(elsewhere, 'far'))).mode & 0o200).toBe(0o200);
});

it('says when the content is not there', async () => {
  const root = await folderIn(tmpdir());
  await expect(new ContentPlacer().place(join(root, 'nowhere'), join(root, 'path'))).rejects.toThrow(
    'ENOENT',
  );
});
