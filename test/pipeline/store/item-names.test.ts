import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { ItemNames } from '../../../pipeline/store/item-names.js';

it('the names of a stage’s items, cut at any byte, are read as those that are whole', async () => {
  const root = await mkdtemp(join(tmpdir(), 'darkroom-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const names = new ItemNames(root);
  const stage = digestOfBytes('stage');
  const items = ['a', 'größe "2"\n', 'c'].map((id) => [id, digestOfBytes(id)] as const);
  expect(await names.read(stage)).toEqual(new Map());
  await names.write(stage, items);
  expect(await names.read(stage)).toEqual(new Map(items));
  const path = join(root, 'item-names', stage.slice(0, 2), `${stage}.ndjson`);
  const { length } = await readFile(path);
  let known = items.length;
  for (let cut = length - 1; cut >= 0; cut--) {
    await truncate(path, cut);
    const read = [...(await names.read(stage))];
    expect(read).toEqual(items.slice(0, read.length));
    expect(read.length).toBeLessThanOrEqual(known);
    known = read.length;
  }
  expect(known).toBe(0);
});
