import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { FileMemory } from '../../../pipeline/store/file-memory.js';

describe('the memory of file digests', () => {
  let root: string;
  let path: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-memory-'));
    path = join(root, 'file');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('sees a change that leaves size and time of modification alone', async () => {
    const memory = new FileMemory(root);
    await writeFile(path, 'one');
    await utimes(path, 1000, 1000);
    expect((await memory.hash([path]))[0]?.digest).toBe(digestOfBytes('one'));
    await writeFile(path, 'two');
    await utimes(path, 1000, 1000);
    expect((await memory.hash([path]))[0]?.digest).toBe(digestOfBytes('two'));
  });

  it('names a file that cannot be read', async () => {
    await expect(new FileMemory(root).hash([join(root, 'gone')])).rejects.toThrow(
      /gone cannot be read: ENOENT/,
    );
  });

  it('outlives the process, and a broken memory only costs the hashing', async () => {
    await writeFile(path, 'one');
    await utimes(path, 1000, 1000);
    const memory = new FileMemory(root);
    await memory.hash([path]);
    await memory.save();
    const later = new FileMemory(root);
    expect((await later.hash([path]))[0]?.digest).toBe(digestOfBytes('one'));
    await writeFile(join(root, 'file-memory.json'), '{"version":1,"files":{"');
    expect((await new FileMemory(root).hash([path]))[0]?.digest).toBe(digestOfBytes('one'));
  });
});
