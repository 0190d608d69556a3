import type { ObjectRecord } from '../../dataset/record.js';

/** The columns of LabelImg's CSV (datitran's xml_to_csv, and what the object detection API's tutorials read). */
export const labelCsvColumns = [
  'filename',
  'width',
  'height',
  'class',
  'xmin',
  'ymin',
  'xmax',
  'ymax',
] as const;

/** A cell as CSV needs it: in quotation marks where it holds a comma, a quotation mark or a line's end. */
export function csvCell(text: string | number): string {
  const cell = String(text);
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** @param object with its box on whole pixels */
export function labelCsvLine(image: string, width: number, height: number, object: ObjectRecord): string {
  return [image, width, height, object.class, ...object.box].map(csvCell).join(',');
}
