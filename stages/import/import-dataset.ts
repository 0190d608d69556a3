import { constants, copyFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { digestOfBytes, type Digest } from '../../pipeline/core/digest.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { SourceFile, StageContext } from '../../pipeline/stage/context.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import type { AnnotatedImage } from '../lib/formats/annotation.js';
import { FileTree } from '../lib/formats/file-tree.js';
import { defaultImagesFolder } from '../lib/formats/image-files.js';
import { readDatasetFiles } from '../lib/formats/read-dataset-files.js';
import { givenClasses } from './given-classes.js';
import { isFilePath, type ImportParams } from './params.js';

/** Reads what the parameters name, and writes images and records; what was left out is told with its numbers. */
export async function importDataset(context: StageContext<ImportParams>): Promise<void> {
  const { params, signal } = context;
  const scratch = join(context.workDirectory, 'scratch');
  await rm(scratch, { recursive: true, force: true });
  const [attributesFile] = context.sources('attributes');
  const classes = await givenClasses(params.classes, context.sources('classes')[0]);
  const images = imageTree(context);
  const dataset = await readDatasetFiles({
    format: params.format,
    tree: annotationTree(context),
    images,
    ...(classes ? { classes } : {}),
    ...(attributesFile ? { attributes: FileTree.ofFile(attributesFile.path, true) } : {}),
    ...(params.attributesColumn === undefined ? {} : { attributesColumn: params.attributesColumn }),
    ...(params.group === undefined ? {} : { groupPattern: params.group }),
    sourceName: params.name ?? params.format,
    options: params,
    scratch,
  });
  const output = context.output('dataset');
  const writer = new DatasetWriter(output, { classes: dataset.classes, images: 'written' });
  const sources = new Map(context.sources('images').map((file) => [file.path, file]));
  const counts = new Map(dataset.classes.map((name) => [name, 0]));
  for await (const image of dataset.images()) {
    signal.throwIfAborted();
    const { record } = image;
    const content = await place(image, await output.path(record.image), sources);
    await writer.add({ ...record, imageDigest: content.digest, imageBytes: content.sizeBytes });
    for (const object of record.objects) counts.set(object.class, (counts.get(object.class) ?? 0) + 1);
    if (writer.imageCount % 200 === 0)
      context.progress({ done: writer.imageCount, total: images.names.length, unit: 'images' });
  }
  for (const sentence of dataset.notes.sentences()) context.warn(sentence);
  if (writer.imageCount === 0)
    throw new UserError(`No image of ${params.path} is left.`, { details: dataset.notes.sentences() });
  const header = await writer.finish();
  await rm(scratch, { recursive: true, force: true });
  context.metric('images', header.imageCount);
  context.metric('objects', header.objectCount);
  await context.exhibit({
    type: 'table',
    title: 'Classes',
    columns: ['class', 'boxes'],
    rows: [...counts].sort(([, a], [, b]) => b - a),
  });
}

/** Copies an image to where the artifact has it; the digest is the one that the cache key was made of. */
async function place(
  { record, content }: AnnotatedImage,
  path: string,
  sources: ReadonlyMap<string, SourceFile>,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  if (content.type === 'bytes') {
    await writeFile(path, content.bytes);
    return { digest: digestOfBytes(content.bytes), sizeBytes: content.bytes.length };
  }
  const source = sources.get(content.path);
  if (!source)
    throw new UserError(`The image ${content.path} (${record.id}) lies outside of the images’ folder.`, {
      hint: 'What a stage reads has to be declared: name a folder (images) that holds all of them.',
    });
  await copyFile(content.path, path, constants.COPYFILE_FICLONE);
  return source;
}

function annotationTree({ params, baseDirectory, sources }: StageContext<ImportParams>): FileTree {
  const path = resolve(baseDirectory, params.path);
  const files = sources('annotations').map((file) => file.path);
  const folder = isFilePath(params.path) ? dirname(path) : path;
  return new FileTree(folder, files, params.allowOutside);
}

function imageTree({ params, baseDirectory, sources }: StageContext<ImportParams>): FileTree {
  const { path, images } = params;
  const folder = resolve(baseDirectory, images ?? defaultImagesFolder(path, isFilePath(path)));
  const files = sources('images').map((file) => file.path);
  return new FileTree(folder, files, params.allowOutside);
}
