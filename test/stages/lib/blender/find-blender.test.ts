import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBlender } from '../../../../stages/lib/blender/find-blender.js';

let root: string;
let onPath: string;
let elsewhere: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-find-'));
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'empty/blender'), { recursive: true });
  onPath = join(root, 'bin/blender');
  elsewhere = join(root, 'blender-custom');
  for (const path of [onPath, elsewhere]) {
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
  }
  await writeFile(join(root, 'not-executable'), '');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const path = (): string => `${join(root, 'empty')}:${join(root, 'bin')}`;

test('the blender on the PATH is found, and a folder of that name is passed over', async () => {
  await expect(findBlender({ env: { PATH: path() } })).resolves.toBe(onPath);
});

test('$BLENDER goes before the PATH, and what the pipeline file names goes before both', async () => {
  await expect(findBlender({ env: { PATH: path(), BLENDER: elsewhere } })).resolves.toBe(elsewhere);
  const env = { PATH: path(), BLENDER: '/nowhere' };
  await expect(findBlender({ explicit: elsewhere, env })).resolves.toBe(elsewhere);
});

test('a bare name is looked up on the PATH', async () => {
  await expect(findBlender({ explicit: 'blender', env: { PATH: path() } })).resolves.toBe(onPath);
});

test('a wrong $BLENDER is an error although there is another one on the PATH', async () => {
  const wrong = join(root, 'not-executable');
  await expect(findBlender({ env: { PATH: path(), BLENDER: wrong } })).rejects.toMatchObject({
    message: `The environment variable BLENDER names "${wrong}" as Blender, but there is no program that may be run.`,
  });
});

test('without any, the error says how to get one', async () => {
  const failure = findBlender({ env: { PATH: join(root, 'empty') } });
  await expect(failure).rejects.toMatchObject({
    hint: expect.stringContaining('apt-get install blender') as string,
  });
});
