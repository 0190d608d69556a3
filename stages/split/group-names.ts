import { UserError } from '../../pipeline/core/user-error.js';
import type { DatasetRecord } from '../lib/dataset/record.js';

/** What stays together: `scene`, `source`, `image`, or the values of attributes. */
export type SplitBy = string | readonly string[] | undefined;

/**
 * Whether a split by this keeps the groups that images have from their sources together.
 */
export function keepsSourceGroups(by: SplitBy): boolean {
  return by === undefined || by === 'source' || by === 'scene';
}

/**
 * Names the group of each image of a dataset.
 *
 * `scene` is an image's attribute of that name where the dataset has it, and else the group from its source; to
 * have it for some images only is an error.
 * @throws UserError, when called for a record, that names the image without the attribute, and what it has
 */
export function groupNamer(by: SplitBy, label: string): (record: DatasetRecord) => string {
  if (by === undefined) return (record) => record.source.group;
  if (by === 'source') return (record) => record.source.dataset;
  if (by === 'image') return (record) => record.id;
  const attributes = typeof by === 'string' ? [by] : by;
  let asScene: boolean | undefined;
  return (record) => {
    if (by === 'scene') {
      const has = record.attributes['scene'] !== undefined;
      asScene ??= has;
      if (asScene !== has)
        throw new UserError(
          `Image "${record.id}" of ${label} has ${has ? 'an' : 'no'} attribute "scene", unlike the images before it.`,
          { hint: 'Give it to all of them, or leave `by` out to keep the groups of the source together.' },
        );
      if (!has) return record.source.group;
    }
    const values = attributes.map((attribute) => valueOf(record, attribute, label));
    return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values);
  };
}

function valueOf(record: DatasetRecord, attribute: string, label: string): string {
  const value = record.attributes[attribute];
  if (value !== undefined) return JSON.stringify(value);
  const known = Object.keys(record.attributes).join(', ');
  throw new UserError(`Image "${record.id}" of ${label} has no attribute "${attribute}" to split by.`, {
    hint:
      known === ''
        ? 'It has no attributes at all; leave `by` out, or write `scene`, `source` or `image`.'
        : `It has ${known}; \`scene\`, \`source\` and \`image\` are possible too.`,
  });
}
