import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import type { AnnotatedImage, ImageRecord } from '../../stages/lib/formats/annotation.js';
import { CountedNotes } from '../../stages/lib/formats/counted-notes.js';
import { FileTree } from '../../stages/lib/formats/file-tree.js';
import type { FormatName } from '../../stages/lib/formats/format-names.js';
import { formatOf } from '../../stages/lib/formats/formats.js';
import { readDatasetFiles } from '../../stages/lib/formats/read-dataset-files.js';
import { readOptionsSchema, type ReadOptions } from '../../stages/lib/formats/read-options.js';

/** A fresh folder with these files, gone after the test. */
export async function aFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-formats-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, data] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), data);
  }
  return folder;
}

const blanks = new Map<string, Promise<Buffer>>();

/** A blank image of a size, made once. */
export function blankImage(width: number, height: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const key = `${format} ${width} ${height}`;
  const made =
    blanks.get(key) ??
    sharp({ create: { width, height, channels: 3, background: '#345' } })
      .toFormat(format)
      .toBuffer();
  blanks.set(key, made);
  return made;
}

/** An image record whose id is its name; width 64 and height 48 unless said otherwise. */
export function anImage(id: string, changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id,
    image: `images/${id}.png`,
    width: 64,
    height: 48,
    objects: [],
    source: { dataset: 'test', group: id },
    attributes: {},
    ...changes,
  };
}

/** Writes records in a format, with blank images. @returns the losses */
export async function writeFormat(
  format: FormatName,
  folder: string,
  classes: readonly string[],
  records: readonly ImageRecord[],
  shards = 1,
): Promise<readonly string[]> {
  const notes = new CountedNotes();
  const path = async (name: string): Promise<string> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    return join(folder, name);
  };
  const writer = (await formatOf(format)).create({
    classes,
    path,
    notes,
    options: { shards },
    placeImage: async (name, { content }) =>
      content.type === 'file'
        ? copyFile(content.path, await path(name))
        : writeFile(await path(name), content.bytes),
  });
  for (const record of records) {
    const bytes = await blankImage(record.width, record.height);
    await writer.add({ record, content: { type: 'bytes', bytes } });
  }
  await writer.finish();
  return notes.sentences();
}

export interface ReadBack {
  readonly classes: readonly string[];
  readonly images: readonly AnnotatedImage[];
  readonly records: readonly ImageRecord[];
  readonly notes: readonly string[];
}

/** Reads a folder (or one file of it) in a format. */
export async function readFormat(
  format: FormatName,
  folder: string,
  changes: Partial<ReadOptions> & { file?: string; classes?: string; images?: string } = {},
): Promise<ReadBack> {
  const { file, classes, images: imagesFolder, ...options } = changes;
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const tree = file === undefined ? new FileTree(folder, paths) : FileTree.ofFile(join(folder, file));
  const imageRoot = join(folder, imagesFolder ?? '.');
  const scratch = await mkdtemp(join(tmpdir(), 'darkroom-scratch-'));
  try {
    const dataset = await readDatasetFiles({
      format,
      tree,
      images: new FileTree(
        imageRoot,
        paths.filter((path) => path.startsWith(join(imageRoot, '/'))),
        options.allowOutside,
      ),
      ...(classes === undefined ? {} : { classes: { file: 'classes.txt', text: classes } }),
      sourceName: 'test',
      options: readOptionsSchema.parse(options),
      scratch,
    });
    const images: AnnotatedImage[] = [];
    for await (const image of dataset.images()) images.push(image);
    return {
      classes: dataset.classes,
      images,
      records: images.map(({ record }) => record),
      notes: dataset.notes.sentences(),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The file that a format's writer makes, where its reader wants one file. */
export const oneFileOf: Partial<Record<FormatName, string>> = {
  coco: 'annotations/instances.json',
  keras: 'annotations.txt',
  csv: 'labels.csv',
};

/** Reads what `writeFormat` wrote. */
export async function readWritten(format: FormatName, folder: string): Promise<ReadBack> {
  const file = oneFileOf[format];
  const needsClasses = format === 'keras' || format === 'csv';
  return readFormat(format, folder, {
    ...(file === undefined ? {} : { file, images: 'images' }),
    ...(needsClasses ? { classes: await readFile(join(folder, 'classes.txt'), 'utf8') } : {}),
  });
}
