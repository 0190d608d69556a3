import { UserError } from '../../../pipeline/core/user-error.js';
import type { AnnotatedImage } from './annotation.js';
import { assembleImages } from './assemble-images.js';
import { readAttributeTable, withAttributes } from './attribute-table.js';
import type { BoxUnits } from './box-units.js';
import { checkReadOptions } from './check-options.js';
import { CountedNotes } from './counted-notes.js';
import type { FileTree } from './file-tree.js';
import type { GivenClasses } from './format.js';
import type { FormatName } from './format-names.js';
import { formatOf } from './formats.js';
import { ImageFinder } from './image-finder.js';
import type { ReadOptions } from './read-options.js';
import { subsetName } from './subset-names.js';

export interface DatasetFiles {
  readonly format: FormatName;
  readonly tree: FileTree;
  readonly images: FileTree;
  readonly classes?: GivenClasses;
  /** A CSV of image attributes. */
  readonly attributes?: FileTree;
  readonly attributesColumn?: string;
  /** What provenance says where the format does not know. */
  readonly sourceName: string;
  /** Its first group (or the whole match) in an image's name is the group that splits keep together. */
  readonly groupPattern?: string;
  readonly options: ReadOptions;
  /** For scratch files. */
  readonly scratch: string;
}

/** A dataset of any format, opened: classes first, then images one by one. */
export interface OpenedDataset {
  readonly classes: readonly string[];
  /** Called once. */
  images(): AsyncIterable<AnnotatedImage>;
  /** What was left out, repaired or doubtful; complete when the images are at their end. */
  readonly notes: CountedNotes;
}

/** Opens a dataset in a format. @throws UserError with file and place for whatever is wrong in it */
export async function readDatasetFiles(files: DatasetFiles): Promise<OpenedDataset> {
  const { options } = files;
  checkReadOptions(files.format, options, files.classes !== undefined);
  const notes = new CountedNotes();
  const finder = new ImageFinder(files.images, options, notes);
  const format = await formatOf(files.format);
  const opened = await format.open({
    tree: files.tree,
    images: finder,
    ...(files.classes ? { classes: files.classes } : {}),
    options,
    scratch: files.scratch,
    notes,
  });
  const units = unitsOfFormat[files.format];
  return {
    classes: opened.classes,
    notes,
    async *images() {
      const rules = {
        ...options,
        sourceName: files.sourceName,
        ...(units === undefined ? {} : { units }),
        ...(files.groupPattern === undefined ? {} : { groupOf: groupOf(files.groupPattern) }),
      };
      let images = assembleImages(opened.annotations(), finder, rules, notes);
      if (files.attributes) {
        const name = files.attributes.only;
        const table = await readAttributeTable(
          await files.attributes.open(name),
          name,
          files.attributesColumn,
        );
        images = withAttributes(images, table, notes);
      }
      yield* selectsBySplit.has(files.format) ? ofSubset(images, options.subset) : images;
      if (finder.unusedCount > 0 && options.subset === undefined && files.format !== 'tfrecord')
        notes.count(
          '{n} images of the folder are in no annotation and are left out',
          finder.unusedExample ?? '',
          finder.unusedCount,
        );
    },
  };
}

/** What a format's boxes are written in; our own records are not doubted. */
const unitsOfFormat: Readonly<Record<FormatName, BoxUnits | undefined>> = {
  coco: 'pixel',
  keras: 'pixel',
  voc: 'pixel',
  csv: 'pixel',
  yolo: 'normalised',
  tfrecord: 'normalised',
  openimages: 'normalised',
  darkroom: undefined,
};

/** Formats whose images carry `split` themselves; the others' readers know their lists. */
const selectsBySplit: ReadonlySet<FormatName> = new Set(['coco', 'darkroom']);

async function* ofSubset(
  images: AsyncIterable<AnnotatedImage>,
  subset: string | undefined,
): AsyncIterable<AnnotatedImage> {
  const found = new Set<string>();
  let taken = 0;
  for await (const image of images) {
    const { split } = image.record.attributes;
    if (typeof split === 'string') found.add(split);
    if (subset !== undefined && (typeof split !== 'string' || subsetName(split) !== subsetName(subset)))
      continue;
    taken += 1;
    yield image;
  }
  if (taken === 0 && subset !== undefined)
    throw new UserError(`No image is in the subset "${subset}".`, {
      hint: `Images are in ${[...found].join(', ') || 'no subset: none has the attribute split'}.`,
    });
}

function groupOf(pattern: string): (name: string) => string {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch (cause) {
    throw new UserError(`group: "${pattern}" is no regular expression.`, { cause });
  }
  return (name) => {
    const match = expression.exec(name);
    if (!match)
      throw new UserError(`group: the image ${name} does not match "${pattern}", so it has no group.`, {
        hint: 'Write an expression that every image matches; what stands in its parentheses is the group.',
      });
    return match[1] ?? match[0];
  };
}
