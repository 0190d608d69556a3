import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { productRoot } from '../../../pipeline/core/product-root.js';

describe('the product root', () => {
  it('is the folder of the package.json called darkroom', () => {
    expect(productRoot()).toBe(resolve(import.meta.dirname, '../../..'));
  });

  it('is found past packages of other names, as from the built program', async () => {
    const root = await mkdtemp(join(tmpdir(), 'darkroom-root-'));
    const inside = join(root, 'dist', 'pipeline');
    await mkdir(inside, { recursive: true });
    await writeFile(join(root, 'package.json'), '{"name":"darkroom"}');
    await writeFile(join(root, 'dist', 'package.json'), '{"type":"module"}');
    expect(productRoot(pathToFileURL(join(inside, 'main.js')).href)).toBe(root);
  });

  it('is an error where there is none above', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'darkroom-root-'));
    expect(() => productRoot(pathToFileURL(join(elsewhere, 'x.js')).href)).toThrow('No folder above');
  });
});
