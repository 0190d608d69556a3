import { UserError } from '../../../pipeline/core/user-error.js';
import type { WriteOptions } from './format.js';
import type { FormatName } from './format-names.js';
import type { ReadOptions } from './read-options.js';

/** The formats that each option means something to. */
const countPixels: ReadonlySet<FormatName> = new Set(['voc', 'csv']);
const nameClasses: ReadonlySet<FormatName> = new Set(['coco', 'darkroom']);
const haveSubsets: ReadonlySet<FormatName> = new Set(['yolo', 'voc', 'openimages', 'coco', 'darkroom']);

/** @throws UserError for an option that would do nothing in this format */
export function checkReadOptions(format: FormatName, options: ReadOptions, givesClasses: boolean): void {
  if (options.pixels !== undefined && !countPixels.has(format))
    throw idle('pixels', format, `it is about ${[...countPixels].join(' and ')}`);
  if (givesClasses && nameClasses.has(format))
    throw idle('classes', format, 'the format names its classes itself');
  if (options.subset !== undefined && !haveSubsets.has(format))
    throw idle('subset', format, 'the format has no subsets; name a file that holds only those images');
}

/** @throws UserError for an option that would do nothing in this format */
export function checkWriteOptions(format: FormatName, options: WriteOptions): void {
  if (options.shards > 1 && format !== 'tfrecord') throw idle('shards', format, 'it is about tfrecord');
}

function idle(option: string, format: FormatName, why: string): UserError {
  return new UserError(`${option} does nothing for ${format}: ${why}.`, { hint: `Leave ${option} out.` });
}
