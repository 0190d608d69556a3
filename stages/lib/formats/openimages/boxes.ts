import type { Readable } from 'node:stream';
import type { ObjectRecord } from '../../dataset/record.js';
import { annotationError, parseNumber, type AnnotationPlace } from '../annotation-place.js';
import { readCsv, type CsvRow } from '../csv-rows.js';
import { edgePx, normalisedText, type PixelSize } from '../pixel-size.js';

/** A yes or no that OpenImages may not know (−1). */
export type OpenImagesFlag = boolean | undefined;

/** One line of an OpenImages file of boxes (`oidv6-train-annotations-bbox.csv`, …). */
export interface OpenImagesBox {
  readonly imageId: string;
  /** The class's machine name, `/m/01g317`. */
  readonly label: string;
  /** [xmin, ymin, xmax, ymax] in shares of the image's width and height. */
  readonly boxNormalised: readonly [number, number, number, number];
  /** Who drew it: `xclick`, `activemil`, … */
  readonly source: string | undefined;
  readonly occluded: OpenImagesFlag;
  readonly truncated: OpenImagesFlag;
  /** One box around more than five instances that touch each other. */
  readonly groupOf: OpenImagesFlag;
  /** A drawing, a statue, not the thing itself. */
  readonly depiction: OpenImagesFlag;
  /** Seen from the inside: the inside of a car. */
  readonly inside: OpenImagesFlag;
  readonly line: number;
}

const required = ['ImageID', 'LabelName', 'XMin', 'XMax', 'YMin', 'YMax'] as const;
const flags = ['IsOccluded', 'IsTruncated', 'IsGroupOf', 'IsDepiction', 'IsInside'] as const;
const optional = ['Source', ...flags] as const;
type BoxRow = CsvRow<(typeof required)[number], (typeof optional)[number]>;

/** The columns of the files that we write, in the published order. */
export const openImagesHeader = [
  'ImageID',
  'Source',
  'LabelName',
  'Confidence',
  'XMin',
  'XMax',
  'YMin',
  'YMax',
  ...flags,
] as const;

/**
 * The boxes of an OpenImages CSV in the order of the file, streamed. The published files keep an image's boxes
 * together; nothing here relies on it.
 * @param file what messages call it
 * @throws UserError with file and line for a missing column, or a cell that is no number or no flag
 */
export async function* readOpenImagesBoxes(
  input: Readable | string,
  file: string,
): AsyncIterable<OpenImagesBox> {
  for await (const row of readCsv(input, { file, required, optional })) yield boxOf(row, file);
}

function boxOf({ line, cells }: BoxRow, file: string): OpenImagesBox {
  const place = { file, line };
  if (cells.ImageID === '') throw annotationError(place, 'ImageID is empty.');
  if (cells.LabelName === '') throw annotationError(place, 'LabelName is empty.');
  const flag = (name: (typeof flags)[number]): OpenImagesFlag => parseFlag(cells[name], name, place);
  return {
    imageId: cells.ImageID,
    label: cells.LabelName,
    boxNormalised: [
      parseNumber(cells.XMin, 'XMin', place),
      parseNumber(cells.YMin, 'YMin', place),
      parseNumber(cells.XMax, 'XMax', place),
      parseNumber(cells.YMax, 'YMax', place),
    ],
    source: cells.Source === '' ? undefined : cells.Source,
    occluded: flag('IsOccluded'),
    truncated: flag('IsTruncated'),
    groupOf: flag('IsGroupOf'),
    depiction: flag('IsDepiction'),
    inside: flag('IsInside'),
    line,
  };
}

function parseFlag(text: string | undefined, name: string, place: AnnotationPlace): OpenImagesFlag {
  switch (text?.trim()) {
    case '1':
      return true;
    case '0':
      return false;
    case '-1':
    case '':
    case undefined:
      return undefined;
    default:
      throw annotationError(place, `${name} is "${text}", but 1, 0 or -1 (not known) belongs there.`);
  }
}

/**
 * The dataset's object of an OpenImages box, in pixels of an image of this size. A group is a crowd; depiction
 * and inside become attributes of these names.
 * @param name the class's name for people
 */
export function objectOfOpenImages(box: OpenImagesBox, size: PixelSize, name: string): ObjectRecord {
  const [xmin, ymin, xmax, ymax] = box.boxNormalised;
  const attributes = {
    ...(box.depiction === undefined ? {} : { depiction: box.depiction }),
    ...(box.inside === undefined ? {} : { inside: box.inside }),
  };
  return {
    box: [
      edgePx(xmin, size.width),
      edgePx(ymin, size.height),
      edgePx(xmax, size.width),
      edgePx(ymax, size.height),
    ],
    class: name,
    ...(box.truncated === undefined ? {} : { truncated: box.truncated }),
    ...(box.occluded === undefined ? {} : { occluded: box.occluded }),
    ...(box.groupOf === undefined ? {} : { crowd: box.groupOf }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** The cells of an object's line, in the order of `openImagesHeader`. What is not known is −1. */
export function openImagesCells(
  imageId: string,
  object: ObjectRecord,
  size: PixelSize,
  label: string,
): readonly string[] {
  const [xmin, ymin, xmax, ymax] = object.box;
  const { depiction, inside } = object.attributes ?? {};
  const flag = (value: unknown): string => (typeof value === 'boolean' ? (value ? '1' : '0') : '-1');
  return [
    imageId,
    'darkroom',
    label,
    '1',
    normalisedText(xmin / size.width),
    normalisedText(xmax / size.width),
    normalisedText(ymin / size.height),
    normalisedText(ymax / size.height),
    flag(object.occluded),
    flag(object.truncated),
    flag(object.crowd),
    flag(depiction),
    flag(inside),
  ];
}
