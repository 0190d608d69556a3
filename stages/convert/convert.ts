import { access, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import type { CommandHost } from '../../pipeline/stage/command.js';
import { checkWriteOptions } from '../lib/formats/check-options.js';
import { CountedNotes } from '../lib/formats/counted-notes.js';
import { FileTree } from '../lib/formats/file-tree.js';
import { formatOf } from '../lib/formats/formats.js';
import { readDatasetFiles, type DatasetFiles } from '../lib/formats/read-dataset-files.js';
import type { ConvertOptions } from './options.js';
import { detectFormat } from './detect-format.js';
import { findInput, imageTree } from './find-input.js';
import { OutputFolder } from './output-folder.js';

/** Images between two lines that say how far it is. */
const progressStep = 5000;

/** Reads, writes, and says what was left out and what was lost. */
export async function convert(
  words: readonly string[],
  options: ConvertOptions,
  host: CommandHost,
): Promise<number> {
  if (words[0] !== undefined)
    throw new UserError(`"${words[0]}" is not understood.`, {
      hint: 'Write pipeline convert --from … --in … --to … --out …',
    });
  if (options.copy && options.link) throw new UserError('--copy and --link cannot both be.');
  checkWriteOptions(options.to, options);
  const path = resolve(host.directory, options.in);
  const from = options.from === 'auto' ? await detectFormat(path) : options.from;
  const output = await OutputFolder.create(
    resolve(host.directory, options.out),
    options.link ? 'link' : 'copy',
  );
  try {
    const dataset = await readDatasetFiles(await inputOf(path, from, options, host, output.scratch));
    const losses = new CountedNotes();
    const writer = (await formatOf(options.to)).create({
      classes: dataset.classes,
      path: (name) => output.file(name),
      placeImage: (name, image) => output.placeImage(name, image.content),
      options: { shards: options.shards },
      notes: losses,
    });
    let [imageCount, objectCount] = [0, 0];
    for await (const image of dataset.images()) {
      host.signal.throwIfAborted();
      await writer.add(image);
      imageCount += 1;
      objectCount += image.record.objects.length;
      if (imageCount % progressStep === 0) host.console.error(`${imageCount} images …`);
    }
    if (imageCount === 0)
      throw new UserError(`No image of ${options.in} is left to write.`, {
        details: dataset.notes.sentences(),
      });
    await writer.finish();
    await output.complete();
    host.console.out(
      `${from} → ${options.to}: ${imageCount} images, ${objectCount} boxes, ${dataset.classes.length} classes in ` +
        `${relative(host.directory, output.path) || output.path}`,
    );
    for (const sentence of dataset.notes.sentences()) host.console.out(`Read: ${sentence}`);
    for (const sentence of losses.sentences()) host.console.out(`Lost: ${sentence}`);
    return 0;
  } catch (error) {
    await output.giveUp();
    throw error;
  }
}

async function inputOf(
  path: string,
  format: DatasetFiles['format'],
  options: ConvertOptions,
  host: CommandHost,
  scratch: string,
): Promise<DatasetFiles> {
  const { allowOutside } = options;
  const { tree, imagesFolder } = await findInput(path, format, allowOutside);
  const images = options.images === undefined ? imagesFolder : resolve(host.directory, options.images);
  const classes =
    options.classes === undefined
      ? await classesBeside(tree, format)
      : resolve(host.directory, options.classes);
  return {
    format,
    tree,
    images: await imageTree(images, allowOutside),
    ...(classes === undefined ? {} : { classes: { file: basename(classes), text: await readText(classes) } }),
    ...(options.attributes === undefined
      ? {}
      : { attributes: FileTree.ofFile(resolve(host.directory, options.attributes), true) }),
    ...(options.group === undefined ? {} : { groupPattern: options.group }),
    sourceName: basename(path),
    options,
    scratch,
  };
}

/** The `classes.txt` that our writers put beside the file of a format that has no names, or no order, of its own. */
async function classesBeside(tree: FileTree, format: DatasetFiles['format']): Promise<string | undefined> {
  if (format !== 'keras' && format !== 'csv') return undefined;
  const path = join(tree.folder, 'classes.txt');
  return access(path).then(
    () => path,
    () => undefined,
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The file ${path} cannot be read.`, { cause });
  });
}
