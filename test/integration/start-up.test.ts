import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';

const main = join(productRoot(), 'dist/stages/main.js');
const pipeline = `version: 1
name: started
stages:
  note: { uses: command, with: { run: [/bin/sh, -c, 'echo noted > "$1/note.txt"', sh, '{out}'] } }
`;

/** Lets Node.js say the address of each module that it loads, a line each. */
const hooks = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED_MODULES, url + '\\n');
  return next(url, context);
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-start-'));
  await writeFile(join(folder, 'pipeline.yaml'), pipeline);
  await writeFile(join(folder, 'hooks.mjs'), hooks);
  const register = `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(join(folder, 'hooks.mjs')).href)});\n`;
  await writeFile(join(folder, 'register.mjs'), register);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Hundreds of small modules would take longer to load than ten thousand items to be found unchanged.
it('a run with nothing to do loads nothing from node_modules', async () => {
  const run = (): Promise<string[]> => loadedBy(['run', folder]);
  expect((await run()).some((url) => url.includes('/node_modules/execa/'))).toBe(true);
  const again = await run();
  expect(again.some((url) => url.includes('/dist/chunks/'))).toBe(true);
  expect(again.filter((url) => url.includes('/node_modules/'))).toEqual([]);
});

async function loadedBy(words: readonly string[]): Promise<string[]> {
  const list = join(folder, 'loaded.txt');
  await writeFile(list, '');
  const args = ['--import', join(folder, 'register.mjs'), main, ...words];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, LOADED_MODULES: list } });
  return (await readFile(list, 'utf8')).split('\n');
}
