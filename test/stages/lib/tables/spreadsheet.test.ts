import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { spreadsheet, tabNames } from '../../../../stages/lib/tables/spreadsheet.js';

const sheet = {
  name: 'figures',
  columns: ['name', 'value'],
  rows: [
    ['AP', 0.5],
    ['AP50', null],
  ],
} as const;

/** A file of a zip, by its directory at the end. */
function entryOf(zip: Buffer, name: string): string {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(entry + 28);
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === name) {
      const at = zip.readUInt32LE(entry + 42);
      const data = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
      const bytes = zip.subarray(data, data + zip.readUInt32LE(entry + 20));
      return (zip.readUInt16LE(entry + 10) === 0 ? bytes : inflateRawSync(bytes)).toString('utf8');
    }
    entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  throw new Error(`no ${name}`);
}

describe('a spreadsheet', () => {
  it('is the same bytes for the same sheets, whatever the time', async () => {
    const one = await spreadsheet([sheet]);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // a zip's clock ticks every two seconds
    expect((await spreadsheet([sheet])).equals(one)).toBe(true);
    expect(one.subarray(0, 2).toString()).toBe('PK');
  });

  it('shows shares to four places and keeps them whole', async () => {
    const shares = { name: 'shares', columns: ['share', 'count'], rows: [[2 / 3, 12]] };
    const xml = entryOf(await spreadsheet([shares]), 'xl/worksheets/sheet1.xml');
    const [share = '', count = ''] = xml.split('<row ')[2]?.match(/<c [^>]*>.*?<\/c>/g) ?? [];
    expect(share).toContain(`<v>${2 / 3}</v>`);
    expect(share).toMatch(/ s="\d+"/);
    expect(count).toContain('<v>12</v>');
    expect(count).not.toMatch(/ s="[1-9]/);
    expect(xml).toContain('orientation="landscape"');
    expect(entryOf(await spreadsheet([shares]), 'xl/styles.xml')).toContain('formatCode="0.0000"');
  });

  it('names its tabs as spreadsheets allow it', () => {
    expect(tabNames(['a/b:c', 'x'.repeat(40), 'x'.repeat(50), 'Figures', 'figures', "'"])).toEqual([
      'a b c',
      'x'.repeat(31),
      `${'x'.repeat(29)} 2`,
      'Figures',
      'figures 2',
      'Sheet',
    ]);
  });

  it('needs a sheet', async () => {
    await expect(spreadsheet([])).rejects.toThrow('at least one sheet');
  });
});
