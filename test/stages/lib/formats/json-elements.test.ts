import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonElements, type JsonElement } from '../../../../stages/lib/formats/json-elements.js';

async function elements(text: string, wanted: readonly string[], chunkBytes = 7): Promise<JsonElement[]> {
  const bytes = Buffer.from(text);
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  const found: JsonElement[] = [];
  for await (const element of readJsonElements(chunks(), 'file.json', new Set(wanted))) found.push(element);
  return found;
}

describe('the elements of lists in a large JSON file', () => {
  it('are those that JSON.parse sees, however the file is cut into pieces and laid out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('images', 'annotations', 'in\\fo"', 'zoë'), fc.array(fc.jsonValue())),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2, '\t'),
        async (object, chunkBytes, indent) => {
          const found = await elements(
            JSON.stringify(object, null, indent),
            ['images', 'annotations', 'zoë'],
            chunkBytes,
          );
          for (const list of ['images', 'annotations', 'zoë'])
            expect(found.filter((element) => element.list === list).map(({ value }) => value)).toEqual(
              JSON.parse(JSON.stringify(object[list] ?? [])),
            );
          expect(found.every(({ list }) => list !== 'in\\fo"')).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('lists deeper in the file and in other objects are no such lists', async () => {
    const text = '{"info": {"images": [1]}, "images": [{"images": [2]}, [3]], "other": [[4]], "year": 7}';
    expect((await elements(text, ['images'])).map(({ value }) => value)).toEqual([{ images: [2] }, [3]]);
  });

  it('are those of a file that is one list, where that is wanted', async () => {
    expect((await elements('[{"images": [1]}, [2],\n"]"]', [''])).map(({ list, line, value }) => [list, line, value])).toEqual([
      ['', 1, { images: [1] }],
      ['', 1, [2]],
      ['', 2, ']'],
    ]); // prettier-ignore
    await expect(elements('7', [''])).rejects.toThrow('file.json, line 1: the file is no JSON list.');
  });

  it('know the line on which they begin', async () => {
    const found = await elements('{\n"images": [\n{"id":\n 1},\n\n{"id": 2}]}', ['images']);
    expect(found.map(({ index, line }) => [index, line])).toEqual([
      [0, 3],
      [1, 6],
    ]);
  });

  it.each([
    ['[1]', 'file.json, line 1: the file is no JSON object.'],
    ['', 'file.json, line 1: the file is no JSON object.'],
    ['{"images": [1,\n2', 'file.json, line 2: the file ends in the middle of its JSON; it was cut short.'],
    ['{"images": [1,\n{a: 2}]}', 'file.json, line 2, images[1]: not JSON: {a: 2}'],
    ['{"images": {"0": 1}}', 'file.json, line 1: "images" is no list.'],
    ['{"images": []}\n{}', 'file.json, line 2: there is more after the end of the JSON.'],
  ])('%j is an error that says where', async (text, message) => {
    await expect(elements(text, ['images'])).rejects.toThrow(message);
  });
});
