import textformat from 'protobufjs/ext/textformat.js';
import protobuf from 'protobufjs/light.js';
import { annotationError } from '../annotation-place.js';

/** object_detection/protos/string_int_label_map.proto */
const labelMapType = protobuf.Root.fromJSON({
  options: { syntax: 'proto2' },
  nested: {
    LVISFrequency: { values: { UNSPECIFIED: 0, FREQUENT: 1, COMMON: 2, RARE: 3 } },
    KeypointMap: { fields: { id: { type: 'int32', id: 1 }, label: { type: 'string', id: 2 } } },
    StringIntLabelMapItem: {
      fields: {
        name: { type: 'string', id: 1 },
        id: { type: 'int32', id: 2 },
        displayName: { type: 'string', id: 3 },
        keypoints: { rule: 'repeated', type: 'KeypointMap', id: 4 },
        ancestorIds: { rule: 'repeated', type: 'int32', id: 5 },
        descendantIds: { rule: 'repeated', type: 'int32', id: 6 },
        frequency: { type: 'LVISFrequency', id: 7 },
        instanceCount: { type: 'int32', id: 8 },
      },
    },
    StringIntLabelMap: {
      fields: { item: { rule: 'repeated', type: 'StringIntLabelMapItem', id: 1 } },
    },
  },
}).lookupType('StringIntLabelMap');

interface LabelMapItem {
  readonly id?: number;
  readonly name?: string;
  readonly displayName?: string;
}

/**
 * Reads a label map: class names by their numbers, in the order of the numbers.
 * @throws UserError with the file for a text that is no label map, a number below 1 (0 is the background's), a number
 *   or a name that stands twice
 */
export function parseLabelMap(text: string, file: string): ReadonlyMap<number, string> {
  let items: readonly LabelMapItem[];
  try {
    items =
      (textformat.fromText(labelMapType, text) as { readonly item?: readonly LabelMapItem[] }).item ?? [];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw annotationError(
      { file },
      `not a label map: ${reason}`,
      "Expected item { id: 1 name: 'person' } …",
      cause,
    );
  }
  const names = new Map<number, string>();
  for (const [index, { id = 0, name, displayName }] of items.entries()) {
    const place = { file, element: `item ${index + 1}` };
    const given = name === undefined || name === '' ? displayName : name;
    if (!given) throw annotationError(place, 'the item has no name.');
    if (id < 1)
      throw annotationError(place, `the id of "${given}" is ${id}; ids begin at 1, 0 is the background.`);
    if (names.has(id)) throw annotationError(place, `the id ${id} stands there twice.`);
    if ([...names.values()].includes(given)) throw annotationError(place, `"${given}" stands there twice.`);
    names.set(id, given);
  }
  if (names.size === 0) throw annotationError({ file }, 'the label map names no class.');
  return new Map([...names].sort(([a], [b]) => a - b));
}

/** A label map whose first class has the number 1. */
export function formatLabelMap(classes: readonly string[]): string {
  const item = classes.map((name, index) => ({ id: index + 1, name }));
  return `${textformat.toText(labelMapType, { item })}\n`;
}
