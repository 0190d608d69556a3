import type { SheetData } from 'write-excel-file/node';

type Cell = string | number | boolean | null;

export interface TableSheet {
  /** As it stands on the tab; shortened and freed of what spreadsheets do not allow there. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What Excel accepts on a tab. */
const nameLimit = 31;
/** How numbers with a point are shown. */
const fractionFormat = '0.0000';
const forbidden = /[\\/?*[\]:]/g;

/**
 * Sheets as a spreadsheet (XLSX), the first row bold and fixed, wide enough to print across. Shares and other numbers
 * with a point are shown to four places and kept whole. The same sheets give the same bytes.
 * @throws RangeError without sheets
 */
export async function spreadsheet(sheets: readonly TableSheet[]): Promise<Buffer> {
  if (sheets.length === 0) throw new RangeError('A spreadsheet needs at least one sheet.');
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const names = tabNames(sheets.map(({ name }) => name));
  const data = await writeExcelFile(
    sheets.map(({ columns, rows }, index) => ({
      sheet: names[index] ?? `Sheet ${index + 1}`,
      stickyRowsCount: 1,
      orientation: 'landscape' as const,
      columns: columns.map((column, place) => ({ width: widthOf(column, rows, place) })),
      data: [
        columns.map((value) => ({ value, fontWeight: 'bold' as const })),
        ...rows.map((row) => row.map(formatted)),
      ] as SheetData,
    })),
  ).toBuffer();
  return withoutTimes(data);
}

/** Names that are allowed and differ, also when only their case would. */
export function tabNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const clean =
      name
        .replace(forbidden, ' ')
        .replace(/^'+|'+$/g, '')
        .trim() || 'Sheet';
    for (let copy = 1; ; copy++) {
      const end = copy === 1 ? '' : ` ${copy}`;
      const candidate = clean.slice(0, nameLimit - end.length) + end;
      if (used.has(candidate.toLowerCase())) continue;
      used.add(candidate.toLowerCase());
      return candidate;
    }
  });
}

function widthOf(column: string, rows: readonly (readonly Cell[])[], place: number): number {
  const longest = rows.reduce((most, row) => Math.max(most, shown(row[place] ?? null).length), column.length);
  return Math.min(40, longest + 2);
}

function formatted(cell: Cell) {
  return isFraction(cell) ? { value: cell, format: fractionFormat } : cell;
}

function isFraction(cell: Cell): cell is number {
  return typeof cell === 'number' && !Number.isInteger(cell);
}

function shown(cell: Cell): string {
  return isFraction(cell) ? cell.toFixed(4) : String(cell ?? '');
}

/** A zip's entries carry the time at which they were packed: set to the first day that zip knows. */
function withoutTimes(zip: Buffer): Buffer {
  const firstDay = 0x21_0000; // date above time, as in MS-DOS: 1980-01-01 00:00
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    zip.writeUInt32LE(firstDay, entry + 12);
    zip.writeUInt32LE(firstDay, zip.readUInt32LE(entry + 42) + 10);
    entry += 46 + zip.readUInt16LE(entry + 28) + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return zip;
}
