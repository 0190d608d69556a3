import { describe, expect, it } from 'vitest';
import { readAttributeTable, withAttributes } from '../../../../stages/lib/formats/attribute-table.js';
import { attributeOfText } from '../../../../stages/lib/formats/attribute-text.js';
import { CountedNotes } from '../../../../stages/lib/formats/counted-notes.js';
import { GroupedLines } from '../../../../stages/lib/formats/grouped-lines.js';
import { aFolder, anImage } from '../../../support/format-harness.js';

describe('a table of attributes', () => {
  it('is joined by id, path, file name or name; what fits nowhere is counted', async () => {
    const table = await readAttributeTable(
      'image,light,occluded,age\na,IR,true,7\ndeep/b.png,RGB,,\nc.png,RGB,false,007\nnobody,x,x,x\n',
      'attributes.csv',
    );
    const notes = new CountedNotes();
    const images = ['a', 'deep/b', 'deeper/c', 'd'].map((id) => ({
      record: anImage(id, { attributes: { light: 'old', split: 'train' } }),
      content: { type: 'bytes' as const, bytes: Buffer.alloc(0) },
    }));
    const joined = [];
    for await (const { record } of withAttributes(
      (async function* () {
        yield* images;
      })(),
      table,
      notes,
    ))
      joined.push(record.attributes);
    expect(joined).toEqual([
      { light: 'IR', split: 'train', occluded: true, age: 7 },
      { light: 'RGB', split: 'train' },
      { light: 'RGB', split: 'train', occluded: false, age: '007' },
      { light: 'old', split: 'train' },
    ]);
    expect(notes.sentences()).toEqual([
      '1 images have no row in attributes.csv (d).',
      '1 rows of attributes.csv are of no image (attributes.csv, line 5, "nobody").',
    ]);
  });

  it('names of images may stand in any column; mistakes say where they are', async () => {
    const table = await readAttributeTable('light,file\nIR,a\n', 'a.csv', 'file');
    expect([...table.rows.keys()]).toEqual(['a']);
    await expect(readAttributeTable('light,file\n', 'a.csv', 'name')).rejects.toThrow(
      'there is no column "name"',
    );
    await expect(readAttributeTable('i,l\na,1\na,2\n', 'a.csv')).rejects.toThrow(
      'a.csv, line 3: "a" stands in line 2',
    );
    await expect(readAttributeTable('', 'a.csv')).rejects.toThrow('a.csv: the file is empty.');
  });

  it('values are yes and no, plain numbers, or the text that they are', () => {
    expect(['TRUE', 'no', '-3.5', '1e3', '', ' x '].map(attributeOfText)).toEqual([
      true,
      'no',
      -3.5,
      '1e3',
      '',
      'x',
    ]);
  });
});

describe('values by groups in a scratch file', () => {
  it('come back by group in the order in which they were added, more than a buffer of them', async () => {
    const lines = new GroupedLines<readonly [number, string]>(await aFolder(), 'lines');
    const long = 'ä'.repeat(700);
    for (let index = 0; index < 3000; index++) lines.add(`g${index % 7}`, [index, long]);
    expect([...lines.groups()]).toEqual(['g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6']);
    expect(lines.values('g3').map(([index]) => index)).toEqual(
      Array.from({ length: 3000 }, (_, index) => index).filter((index) => index % 7 === 3),
    );
    expect(lines.values('g3')[5]?.[1]).toBe(long);
    lines.add('g3', [-1, '']);
    expect(lines.values('g3').at(-1)).toEqual([-1, '']);
    expect(lines.values('nobody')).toEqual([]);
    lines.close();
  });
});
