import type { Readable } from 'node:stream';
import { annotationError } from '../annotation-place.js';
import { readCsv, readCsvCells } from '../csv-rows.js';

/** The names of OpenImages' classes, both ways. */
export interface OpenImagesClasses {
  /** `/m/01g317` → `Person`, in the order of the file. */
  readonly nameOfLabel: ReadonlyMap<string, string>;
  readonly labelOfName: ReadonlyMap<string, string>;
}

/**
 * Reads a class description file: machine name, name for people. Some releases have a header line
 * (`LabelName,DisplayName`), some have none.
 * @throws UserError with file and line for a line without two cells, or a machine name that stands twice
 */
export async function readClassDescriptions(
  input: Readable | string,
  file: string,
): Promise<OpenImagesClasses> {
  const nameOfLabel = new Map<string, string>();
  const labelOfName = new Map<string, string>();
  for await (const { line, cells } of readCsvCells(input, file)) {
    const [label = '', name = ''] = cells.map((cell) => cell.trim());
    if (line === 1 && label.toLowerCase() === 'labelname') continue;
    if (label === '' || name === '')
      throw annotationError(
        { file, line },
        'a machine name and a name belong there.',
        'Expected lines like /m/01g317,Person.',
      );
    if (nameOfLabel.has(label)) throw annotationError({ file, line }, `"${label}" stands there twice.`);
    nameOfLabel.set(label, name);
    // Two machine names may share a display name; the first stands, as both mean the same class here.
    if (!labelOfName.has(name)) labelOfName.set(name, label);
  }
  if (nameOfLabel.size === 0) throw annotationError({ file }, 'the file names no class.');
  return { nameOfLabel, labelOfName };
}

/** One line of an OpenImages file of images (`train-images-boxable-with-rotation.csv`, `image_ids_and_rotation.csv`). */
export interface OpenImagesImage {
  readonly imageId: string;
  /** `train`, `validation`, `test`. */
  readonly subset: string | undefined;
  readonly originalUrl: string | undefined;
  readonly originalBytes: number | undefined;
  /** Base64 of the MD5 of the original file (not of the copy in the public bucket). */
  readonly originalMd5: string | undefined;
  readonly license: string | undefined;
  readonly author: string | undefined;
  /** Degrees by which the image has to be turned counterclockwise to stand upright; boxes are of the image as stored. */
  readonly rotationDegrees: number | undefined;
  readonly line: number;
}

/**
 * The images of an OpenImages CSV, streamed in the order of the file.
 * @throws UserError with file and line when ImageID is missing or a number is none
 */
export async function* readOpenImagesImages(
  input: Readable | string,
  file: string,
): AsyncIterable<OpenImagesImage> {
  const optional = [
    'Subset',
    'OriginalURL',
    'OriginalSize',
    'OriginalMD5',
    'License',
    'Author',
    'Rotation',
  ] as const;
  for await (const { line, cells } of readCsv(input, { file, required: ['ImageID'], optional })) {
    if (cells.ImageID === '') throw annotationError({ file, line }, 'ImageID is empty.');
    const number = (name: 'OriginalSize' | 'Rotation'): number | undefined => {
      const text = cells[name]?.trim() ?? '';
      if (text === '' || text.toLowerCase() === 'nan') return undefined;
      const value = Number(text);
      if (Number.isFinite(value)) return value;
      throw annotationError({ file, line }, `${name} is "${text}", which is no number.`);
    };
    const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
    yield {
      imageId: cells.ImageID,
      subset: text(cells.Subset),
      originalUrl: text(cells.OriginalURL),
      originalBytes: number('OriginalSize'),
      originalMd5: text(cells.OriginalMD5),
      license: text(cells.License),
      author: text(cells.Author),
      rotationDegrees: number('Rotation'),
      line,
    };
  }
}
