import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonSections } from '../../../../stages/lib/formats/json-sections.js';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'darkroom-json-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sectionsOf(text: string, names: readonly string[]): Promise<Record<string, unknown[]>> {
  const path = join(folder, 'file.json');
  await writeFile(path, text);
  const read: Record<string, unknown[]> = {};
  const takers = names.map((name) => [name, (element: unknown, index: number) => {
    const list = (read[name] ??= []);
    if (index !== list.length) throw new Error(`${index} comes after ${list.length} elements.`);
    list.push(element);
  }] as const); // prettier-ignore
  const found = await readJsonSections(path, Object.fromEntries(takers));
  for (const name of found) read[name] ??= [];
  return read;
}

/** Broken at its end, a file is scanned however small it is; what comes before must have been handed on. */
async function scanned(text: string, names: readonly string[]): Promise<Record<string, unknown[]>> {
  const path = join(folder, 'broken.json');
  await writeFile(path, text.slice(0, -1));
  const read: Record<string, unknown[]> = {};
  const takers = names.map((name) => [name, (element: unknown) => void (read[name] ??= []).push(element)] as const); // prettier-ignore
  await expect(readJsonSections(path, Object.fromEntries(takers))).rejects.toThrow('cut short');
  return read;
}

describe('sections of a JSON file', () => {
  it('are what JSON.parse finds, whatever stands around them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json(), { maxLength: 8 }),
        fc.array(fc.json(), { maxLength: 8 }),
        fc.json(),
        fc.boolean(),
        async (wanted, skipped, other, pretty) => {
          const value = {
            skipped: skipped.map((text) => JSON.parse(text) as unknown),
            'odd "name]': JSON.parse(other) as unknown,
            wanted: wanted.map((text) => JSON.parse(text) as unknown),
            nested: { wanted: [1, 2, 3] },
          };
          const text = JSON.stringify(value, null, pretty ? 2 : 0);
          expect(await sectionsOf(text, ['wanted'])).toEqual({ wanted: value.wanted });
          expect((await scanned(text, ['wanted']))['wanted'] ?? []).toEqual(value.wanted);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of one array are its elements, over many reads of the file', async () => {
    const elements = Array.from({ length: 60_000 }, (_, index) => ({
      index,
      text: `"},[${'x'.repeat(40)}\\`,
    }));
    expect((await sectionsOf(JSON.stringify(elements), ['']))['']).toEqual(elements);
    const inside = JSON.stringify({ elements, more: 1 });
    expect((await scanned(inside, ['elements']))['elements']).toEqual(elements);
  });

  it('that are not there are not found', async () => {
    expect(await sectionsOf('{"a": 1}', ['b'])).toEqual({});
    expect(await sectionsOf('[]', ['a'])).toEqual({});
  });
});
