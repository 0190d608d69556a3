import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesInOneFolder } from '../../../pipeline/run/one-folder.js';

describe('the files of a pattern that looks into one folder', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-folder-'));
    await mkdir(join(root, 'in/deep.txt'), { recursive: true });
    for (const name of [
      'a.txt',
      'b.txt',
      'ab.png',
      '.hidden.txt',
      'ü ö.txt',
      'deep.txt/c.txt',
      'a+b.txt',
      'A.TXT',
    ])
      await writeFile(join(root, 'in', name), name);
    await symlink('a.txt', join(root, 'in/link.txt'));
    await symlink('deep.txt', join(root, 'in/folder-link.txt'));
    await symlink('nowhere', join(root, 'in/broken.txt'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each(['in/*.txt', 'in/*', 'in/?.txt', 'in/a*', '*', 'in/.*', 'nowhere/*.txt', '../*/in/*.png'])(
    '%s finds what a general search finds',
    async (pattern) => {
      const found = await filesInOneFolder(pattern, root);
      if (pattern.startsWith('../*')) return expect(found).toBeUndefined();
      const general = await fastGlob(pattern, { cwd: root });
      expect(found?.map(({ path }) => path).sort()).toEqual(general.map((name) => join(root, name)).sort());
    },
  );

  it('takes an absolute pattern', async () => {
    const found = await filesInOneFolder(`${root}/in/*.png`, '/');
    expect(found).toEqual([{ path: join(root, 'in/ab.png'), name: 'ab.png' }]);
  });

  it.each(['**/*.txt', 'in/**', 'in/*.{txt,png}', 'in/[ab].txt', 'in/!(a).txt', 'i*/a.txt', 'in/\\*.txt'])(
    '%s is left to the general search',
    async (pattern) => expect(await filesInOneFolder(pattern, root)).toBeUndefined(),
  );
});
