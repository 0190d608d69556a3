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

describe('a spreadsheet', () => {
  it('is the same bytes for the same sheets, whatever the time', async () => {
    const one = await spreadsheet([sheet]);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // a zip's clock ticks every two seconds
    expect((await spreadsheet([sheet])).equals(one)).toBe(true);
    expect(one.subarray(0, 2).toString()).toBe('PK');
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
