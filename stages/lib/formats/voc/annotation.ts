import { escapeXml } from '../../../../pipeline/core/escape-xml.js';
import type { BoxXyxyPx, ObjectRecord } from '../../dataset/record.js';
import type { AttributeValue, ImageRecord } from '../annotation.js';
import { annotationError, parseNumber, placeText, type AnnotationPlace } from '../annotation-place.js';
import type { CountedNotes } from '../counted-notes.js';
import { attributeOfText } from '../attribute-text.js';
import { edgesOf, pixelsOf, type PixelConvention } from '../pixel-convention.js';
import type { PixelSize } from '../pixel-size.js';
import { toWholePixels } from '../whole-pixels.js';
import { childrenOf, parseXml, textOf, type XmlNode } from './xml.js';

/** What a Pascal VOC file says of its image. */
export interface VocAnnotation {
  /** As written; LabelImg and VoTT v1 give a bare name, some tools no extension. */
  readonly filename: string | undefined;
  /** Undefined where it is missing or 0, as some tools leave it. */
  readonly size: PixelSize | undefined;
  readonly objects: readonly ObjectRecord[];
}

/**
 * Reads a Pascal VOC annotation (VOC2007–2012, LabelImg, VoTT v1, CVAT, Datumaro). `difficult`, `truncated` and
 * `occluded` are kept where they say yes or no; `pose` and `<attributes>` become attributes.
 * @throws UserError with the file and the object for what is missing, no number, or cannot be held
 */
export function parseVoc(
  text: string,
  file: string,
  convention: PixelConvention,
  notes: CountedNotes,
): VocAnnotation {
  const root = parseXml(text, 'annotation', file);
  const [sizeNode] = childrenOf(root, 'size');
  const side = (name: string): number => {
    const given = textOf(sizeNode, name);
    return given === undefined ? 0 : parseNumber(given, `size/${name}`, { file });
  };
  const [width, height] = [side('width'), side('height')];
  return {
    filename: textOf(root, 'filename'),
    size: width > 0 && height > 0 ? { width, height } : undefined,
    objects: childrenOf(root, 'object').map((node, index) =>
      parseObject(node, { file, element: `object ${index + 1}` }, convention, notes),
    ),
  };
}

function parseObject(
  node: XmlNode,
  place: AnnotationPlace,
  convention: PixelConvention,
  notes: CountedNotes,
): ObjectRecord {
  const name = textOf(node, 'name');
  if (name === undefined) throw annotationError(place, 'the object has no <name>.');
  const [box] = childrenOf(node, 'bndbox');
  if (box === undefined)
    throw annotationError(
      place,
      `"${name}" has no <bndbox>.`,
      childrenOf(node, 'robndbox').length > 0
        ? 'It has a turned box (<robndbox>), which a dataset cannot hold; export upright boxes.'
        : undefined,
    );
  const edge = (edgeName: string): number => parseNumber(textOf(box, edgeName), `bndbox/${edgeName}`, place);
  const written: BoxXyxyPx = [edge('xmin'), edge('ymin'), edge('xmax'), edge('ymax')];
  const parts = childrenOf(node, 'part').length;
  if (parts > 0) notes.count('{n} parts of bodies (<part>) are left out', placeText(place), parts);
  const pose = textOf(node, 'pose');
  const attributes: Record<string, AttributeValue> = {
    ...(pose === undefined || /^unspecified$/i.test(pose) ? {} : { pose }),
    ...attributesOf(node),
  };
  return {
    box: edgesOf(written, convention, placeText(place), notes),
    class: name,
    ...flag(node, 'truncated', place),
    ...flag(node, 'occluded', place),
    ...flag(node, 'difficult', place),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** CVAT's and Datumaro's `<attributes><attribute><name>…</name><value>…</value></attribute></attributes>`. */
function attributesOf(node: XmlNode): Readonly<Record<string, AttributeValue>> {
  const [list] = childrenOf(node, 'attributes');
  return Object.fromEntries(
    childrenOf(list, 'attribute').flatMap((entry) => {
      const name = textOf(entry, 'name');
      return name === undefined ? [] : [[name, attributeOfText(textOf(entry, 'value') ?? '')]];
    }),
  );
}

/** A yes or no; VoTT writes `Unspecified` for what nobody looked at. */
function flag<K extends 'truncated' | 'occluded' | 'difficult'>(
  node: XmlNode,
  name: K,
  place: AnnotationPlace,
): { readonly [P in K]?: boolean } {
  const text = textOf(node, name)?.toLowerCase();
  switch (text) {
    case undefined:
    case 'unspecified':
      return {};
    case '0':
    case 'false':
    case 'no':
      return { [name]: false } as { readonly [P in K]?: boolean };
    case '1':
    case 'true':
    case 'yes':
      return { [name]: true } as { readonly [P in K]?: boolean };
    default:
      throw annotationError(place, `<${name}> is "${text}"; 0 or 1 is expected.`);
  }
}

/** The XML of a record's annotation. Boxes go to whole pixels, which is counted. */
export function formatVoc(
  record: ImageRecord,
  imageName: string,
  convention: PixelConvention,
  notes: CountedNotes,
): string {
  const lines = [
    '<annotation>',
    '  <folder>JPEGImages</folder>',
    `  <filename>${escapeXml(imageName)}</filename>`,
    '  <source><database>Unknown</database></source>',
    `  <size><width>${record.width}</width><height>${record.height}</height><depth>3</depth></size>`,
    '  <segmented>0</segmented>',
  ];
  for (const object of record.objects) {
    const { pose, ...attributes } = object.attributes ?? {};
    const hasPose = typeof pose === 'string' && pose !== '' && pose.toLowerCase() !== 'unspecified';
    const others = Object.entries(hasPose || pose === undefined ? attributes : { pose, ...attributes });
    const box = pixelsOf(toWholePixels(object.box, 'Pascal VOC', record.id, notes), convention);
    const [xmin, ymin, xmax, ymax] = box;
    lines.push(
      '  <object>',
      `    <name>${escapeXml(object.class)}</name>`,
      `    <pose>${hasPose ? escapeXml(pose) : 'Unspecified'}</pose>`,
      ...(['truncated', 'occluded', 'difficult'] as const).flatMap((name) =>
        object[name] === undefined ? [] : [`    <${name}>${object[name] ? 1 : 0}</${name}>`],
      ),
      `    <bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`,
      ...(others.length === 0
        ? []
        : [
            '    <attributes>',
            ...others.map(
              ([name, value]) =>
                `      <attribute><name>${escapeXml(name)}</name><value>${escapeXml(String(value))}</value></attribute>`,
            ),
            '    </attributes>',
          ]),
      '  </object>',
    );
  }
  return `${lines.join('\n')}\n</annotation>\n`;
}
