import { createHash } from 'node:crypto';
import type { BoxXyxyPx, ObjectRecord } from '../../dataset/record.js';
import type { AttributeValue, ImageRecord } from '../annotation.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import { edgePx, type PixelSize } from '../pixel-size.js';
import type { Feature, Features } from './example.js';
import { optionWords } from '../option-words.js';

/**
 * The flags of objects that the object detection API has names for (core/standard_fields.py, TfExampleFields);
 * depiction is OpenImages', an attribute here.
 */
const flagFeatures = {
  difficult: 'image/object/difficult',
  truncated: 'image/object/truncated',
  occluded: 'image/object/occluded',
  crowd: 'image/object/is_crowd',
} as const;
const flagNames = ['difficult', 'truncated', 'occluded', 'crowd'] as const;

/** What is not known of one object while it is known of another: TensorFlow's lists have no gaps. */
const unknownFlag = -1;

/**
 * The features of an image with its boxes, named as the object detection API reads them. Boxes are in shares of the
 * image (32-bit floats: a millionth of the image's size), classes count from 1. Flags and areas are left out where no
 * object has them, and −1 where only this one has not.
 */
export function featuresOf(
  record: ImageRecord,
  imageName: string,
  image: Uint8Array,
  format: string,
  labelOf: ReadonlyMap<string, number>,
): Features {
  const { width, height, objects } = record;
  const bytes = (values: readonly string[]): Feature => ({
    type: 'bytes',
    values: values.map((value) => Buffer.from(value)),
  });
  const edges = (index: number, side: number): Feature => ({
    type: 'floats',
    values: objects.map(({ box }) => (box[index] ?? 0) / side),
  });
  const features = new Map<string, Feature>([
    ['image/encoded', { type: 'bytes', values: [image] }],
    ['image/format', bytes([format])],
    ['image/filename', bytes([imageName])],
    ['image/source_id', bytes([record.id])],
    ['image/key/sha256', bytes([createHash('sha256').update(image).digest('hex')])],
    ['image/height', { type: 'integers', values: [height] }],
    ['image/width', { type: 'integers', values: [width] }],
    ['image/object/bbox/xmin', edges(0, width)],
    ['image/object/bbox/ymin', edges(1, height)],
    ['image/object/bbox/xmax', edges(2, width)],
    ['image/object/bbox/ymax', edges(3, height)],
    ['image/object/class/text', bytes(objects.map((object) => object.class))],
    [
      'image/object/class/label',
      { type: 'integers', values: objects.map((object) => labelOf.get(object.class) ?? 0) },
    ],
  ]);
  for (const name of flagNames)
    if (objects.some((object) => object[name] !== undefined))
      features.set(flagFeatures[name], {
        type: 'integers',
        values: objects.map((object) => flagNumber(object[name])),
      });
  if (objects.some(({ attributes }) => typeof attributes?.['depiction'] === 'boolean'))
    features.set('image/object/depiction', {
      type: 'integers',
      values: objects.map(({ attributes }) => flagNumber(attributes?.['depiction'])),
    });
  if (objects.some(({ areaPx }) => areaPx !== undefined))
    features.set('image/object/area', {
      type: 'floats',
      values: objects.map(({ areaPx }) => areaPx ?? unknownFlag),
    });
  return features;
}

function flagNumber(value: AttributeValue | undefined): number {
  return typeof value === 'boolean' ? Number(value) : unknownFlag;
}

/** What an example says of its image. */
export interface ExampleImage {
  readonly filename: string;
  readonly id: string | undefined;
  readonly size: PixelSize | undefined;
  readonly encoded: Uint8Array;
  readonly objects: (size: PixelSize) => ObjectRecord[];
  /** The classes of its objects, by text or number. */
  readonly classes: readonly string[];
}

/**
 * Reads an example.
 * @param nameOfLabel of a label map, for examples that give numbers alone
 * @throws UserError with the place: no image, lists of different lengths, a number that the label map does not know
 */
export function imageOfFeatures(
  features: Features,
  nameOfLabel: ReadonlyMap<number, string>,
  place: AnnotationPlace,
): ExampleImage {
  const [encoded] = bytesOf(features, 'image/encoded');
  if (!encoded || encoded.length === 0) throw annotationError(place, 'it has no image (image/encoded).');
  const [width] = numbersOf(features, 'image/width');
  const [height] = numbersOf(features, 'image/height');
  const [filename = '', id] = [
    textsOf(features, 'image/filename')[0],
    textsOf(features, 'image/source_id')[0],
  ];
  const xmins = numbersOf(features, 'image/object/bbox/xmin');
  const list = (name: string): readonly number[] => {
    const values = numbersOf(features, name);
    if (values.length !== xmins.length)
      throw annotationError(
        place,
        `${name} has ${values.length} values, but there are ${xmins.length} boxes.`,
      );
    return values;
  };
  const optional = (name: string): readonly number[] =>
    numbersOf(features, name).length === 0 ? [] : list(name);
  const [ymins, xmaxs, ymaxs] = ['ymin', 'xmax', 'ymax'].map((edge) => list(`image/object/bbox/${edge}`));
  const classes = classesOf(features, xmins.length, nameOfLabel, place);
  const flags = flagNames.map((name) => [name, optional(flagFeatures[name])] as const);
  const groups = optional('image/object/group_of');
  const depictions = optional('image/object/depiction');
  const areas = optional('image/object/area');
  return {
    filename: filename === '' ? (id ?? '') : filename,
    id: id === '' ? undefined : id,
    size: width && height ? { width, height } : undefined,
    encoded,
    classes,
    objects: (size) =>
      xmins.map((xmin, index) => {
        const { width: w, height: h } = size;
        const box: BoxXyxyPx = [
          edgePx(xmin, w),
          edgePx(ymins?.[index] ?? 0, h),
          edgePx(xmaxs?.[index] ?? 0, w),
          edgePx(ymaxs?.[index] ?? 0, h),
        ];
        const depiction = depictions[index];
        const area = areas[index];
        return {
          box,
          class: classes[index] ?? '',
          ...Object.fromEntries(
            flags.flatMap(([name, values]) => {
              const value = values[index] ?? (name === 'crowd' ? groups[index] : undefined);
              return value === undefined || value === unknownFlag ? [] : [[name, value !== 0]];
            }),
          ),
          ...(area === undefined || area === unknownFlag ? {} : { areaPx: area }),
          ...(depiction === undefined || depiction === unknownFlag
            ? {}
            : { attributes: { depiction: depiction !== 0 } }),
        };
      }),
  };
}

function classesOf(
  features: Features,
  count: number,
  nameOfLabel: ReadonlyMap<number, string>,
  place: AnnotationPlace,
): readonly string[] {
  const texts = textsOf(features, 'image/object/class/text');
  if (texts.length === count) return texts;
  const labels = numbersOf(features, 'image/object/class/label');
  if (labels.length !== count)
    throw annotationError(
      place,
      `there are ${count} boxes, but ${texts.length} class names and ${labels.length} class numbers.`,
    );
  return labels.map((label) => {
    const name = nameOfLabel.get(label);
    if (name !== undefined) return name;
    throw annotationError(
      place,
      `the class has the number ${label} and no name${nameOfLabel.size > 0 ? ', and the label map does not know it' : ''}.`,
      `Name the label map that belongs to the shards, a .pbtxt: ${optionWords('classes')}.`,
    );
  });
}

function bytesOf(features: Features, name: string): readonly Uint8Array[] {
  const feature = features.get(name);
  return feature?.type === 'bytes' ? feature.values : [];
}

/** The texts of a feature; none where it is missing. */
export function textsOf(features: Features, name: string): readonly string[] {
  return bytesOf(features, name).map((value) => Buffer.from(value).toString('utf8'));
}

/** The numbers of a feature; none where it is missing. */
export function numbersOf(features: Features, name: string): readonly number[] {
  const feature = features.get(name);
  return feature === undefined || feature.type === 'bytes' ? [] : feature.values;
}
