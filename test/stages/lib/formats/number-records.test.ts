import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNumberRecords } from '../../../../stages/lib/formats/number-records.js';
import type { Fields } from '../../../../stages/lib/formats/record-columns.js';
import { aFolder } from '../../../support/format-harness.js';

const fields = {
  id: { kind: 'whole' },
  bbox: { kind: 'list', length: 2 },
  area: { kind: 'number', optional: true },
  crowd: { kind: 'flag', optional: true },
} as const satisfies Fields;

async function read(text: string, list = '', members: readonly string[] = []) {
  return readNumberRecords(join(await aFolder({ 'a.json': text }), 'a.json'), list, fields, members);
}

describe('records read into columns', () => {
  it('may stand in an object; its other members are parsed where they are named', async () => {
    const text = `{"info":{"a\\n":[1,"]"]},"images":[{"id":1,"name":"ü"}],
      "boxes":[{"id":1,"bbox":[-1.5e2,0],"crowd":true},{"crowd":0,"bbox":[1,2],"id":2}]}`;
    const records = await read(text, 'boxes', ['images']);
    expect(records?.members.get('images')).toEqual([{ id: 1, name: 'ü' }]);
    expect([...(records?.columns.bbox ?? [])]).toEqual([-150, 0, 1, 2]);
    expect([...(records?.columns.crowd ?? [])]).toEqual([1, 0]);
    expect([...(records?.columns.area ?? [])]).toEqual([NaN, NaN]);
  });

  it.each([
    '[{"id":1,"bbox":[1,2]},]',
    '[{"id":1,"bbox":[1,2]}',
    '[{"id":1,"bbox":[1,2]}] 1',
    '[{"id":1.5,"bbox":[1,2]}]',
    '[{"id":"1","bbox":[1,2]}]',
    '[{"id":01,"bbox":[1,2]}]',
    '[{"id":1,"bbox":[1,2,3]}]',
    '[{"id":1,"bbox":[1,1e999]}]',
    '[{"id":1,"bbox":[1,NaN]}]',
    '[{"id":1,"bbox":[1,.5]}]',
    '[{"id":1}]',
    '[{"id":1,"bbox":[1,2],"crowd":2}]',
    '[{"id":1,"bbox":[1,2],"x":"\\q"}]',
    '[{"\\u0069d":1,"bbox":[1,2]}]',
    '[3]',
    '{"id":1}',
    '',
  ])('%s is left to those who know what to complain of', async (text) => {
    expect(await read(text)).toBeUndefined();
  });
});
