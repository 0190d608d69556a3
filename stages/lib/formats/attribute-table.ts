import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { AnnotatedImage, AttributeValue, Attributes } from './annotation.js';
import { annotationError, placeText } from './annotation-place.js';
import { attributeOfText } from './attribute-text.js';
import type { CountedNotes } from './counted-notes.js';
import { readCsvCells } from './csv-rows.js';
import { imageNameOf, withoutExtension } from './image-name.js';

/** Attributes of images by the names that a table gives them. */
export interface AttributeTable {
  readonly file: string;
  readonly rows: ReadonlyMap<string, { readonly line: number; readonly attributes: Attributes }>;
}

/**
 * Reads a CSV table of attributes: a header line, one column with the images' names (the first, unless `column` names
 * another), every other column an attribute. An empty cell is an attribute that is not known.
 * @throws UserError with file and line: the column missing, an image twice
 */
export async function readAttributeTable(
  input: Readable | string,
  file: string,
  column?: string,
): Promise<AttributeTable> {
  const rows = new Map<string, { readonly line: number; readonly attributes: Attributes }>();
  let header: readonly string[] | undefined;
  let key = 0;
  for await (const { line, cells } of readCsvCells(input, file)) {
    if (header === undefined) {
      header = cells.map((cell) => cell.trim());
      key = column === undefined ? 0 : header.indexOf(column);
      if (key < 0)
        throw annotationError(
          { file, line },
          `there is no column "${column ?? ''}".`,
          `There are ${header.join(', ')}.`,
        );
      continue;
    }
    const image = (cells[key] ?? '').trim();
    if (image === '') throw annotationError({ file, line }, 'the image has no name.');
    const earlier = rows.get(image);
    if (earlier) throw annotationError({ file, line }, `"${image}" stands in line ${earlier.line} already.`);
    const attributes: Record<string, AttributeValue> = {};
    for (const [index, name] of header.entries()) {
      const text = cells[index]?.trim() ?? '';
      if (index !== key && name !== '' && text !== '') attributes[name] = attributeOfText(text);
    }
    rows.set(image, { line, attributes });
  }
  if (header === undefined) throw annotationError({ file }, 'the file is empty.');
  return { file, rows };
}

/**
 * Adds a table's attributes to images by id, path, file name, or file name without extension, in this order. The
 * table's value stands where the annotations had one already. Images without a row and rows without an image are
 * counted.
 */
export async function* withAttributes(
  images: AsyncIterable<AnnotatedImage>,
  table: AttributeTable,
  notes: CountedNotes,
): AsyncIterable<AnnotatedImage> {
  const used = new Set<string>();
  for await (const image of images) {
    const { record } = image;
    const name = imageNameOf(record);
    const base = posix.basename(name);
    const key = [record.id, name, base, withoutExtension(base)].find((candidate) =>
      table.rows.has(candidate),
    );
    const row = key === undefined ? undefined : table.rows.get(key);
    if (key === undefined || !row) {
      notes.count(`{n} images have no row in ${table.file}`, record.id);
      yield image;
      continue;
    }
    used.add(key);
    yield { ...image, record: { ...record, attributes: { ...record.attributes, ...row.attributes } } };
  }
  for (const [key, { line }] of table.rows)
    if (!used.has(key))
      notes.count(
        `{n} rows of ${table.file} are of no image`,
        `${placeText({ file: table.file, line })}, "${key}"`,
      );
}
