import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readNumberRecords } from '../../../../stages/lib/formats/number-records.js';
import type { Fields } from '../../../../stages/lib/formats/record-columns.js';

const fields = {
  id: { kind: 'whole', optional: true },
  score: { kind: 'number' },
  bbox: { kind: 'list', length: 4 },
  crowd: { kind: 'flag', optional: true },
} as const satisfies Fields;

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'darkroom-records-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 1000),
);
const record = fc.record(
  {
    id: fc.maxSafeInteger(),
    score: number,
    bbox: fc.tuple(number, number, number, number),
    crowd: fc.constantFrom(0, 1, true, false),
    other: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ['score', 'bbox'] },
);
type Row = { id?: number; score: number; bbox: number[]; crowd?: number | boolean };

async function read(text: string): ReturnType<typeof readNumberRecords<typeof fields>> {
  const path = join(folder, 'records.json');
  await writeFile(path, text);
  return readNumberRecords(path, '', fields);
}

const columnsOf = (rows: readonly Row[]): Record<string, number[]> => ({
  id: rows.map(({ id }) => id ?? NaN),
  score: rows.map(({ score }) => score),
  bbox: rows.flatMap(({ bbox }) => bbox),
  crowd: rows.map(({ crowd }) => (crowd === undefined ? NaN : Number(crowd))),
});
const plain = (columns: Readonly<Record<string, Float64Array>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]]));

it('reads what JSON.parse reads, to the last bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record), fc.constantFrom(0, 1, '\t'), async (rows, indent) => {
      const found = await read(JSON.stringify(rows, undefined, indent));
      expect(found && plain(found.columns)).toEqual(
        columnsOf(JSON.parse(JSON.stringify(rows)) as readonly Row[]),
      );
    }),
  );
});

it('leaves a damaged file to others, unless it still says something', async () => {
  const cuts = fc.tuple(fc.array(record, { minLength: 1, maxLength: 3 }), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '0', 'e', '-', '.', '\\')); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(cuts, async ([rows, at, inserted]) => {
      const text = JSON.stringify(rows);
      const place = at % text.length;
      const damaged = text.slice(0, place) + inserted + text.slice(place + 1);
      const found = await read(damaged);
      if (!found) return;
      expect(plain(found.columns)).toEqual(columnsOf(JSON.parse(damaged) as readonly Row[]));
    }),
  );
});
