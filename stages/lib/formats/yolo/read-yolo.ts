import { UserError } from '../../../../pipeline/core/user-error.js';
import type { Annotation, OpenedAnnotations } from '../annotation.js';
import { parseClassNames } from '../class-list.js';
import type { ReadRequest } from '../format.js';
import { subsetName } from '../subset-names.js';
import { labelNamesOf, parseDarknetData, parseDataYaml, type YoloDescription } from './dataset-files.js';
import { parseYoloLabels } from './labels.js';
import { listedImages, splitOf, type ListedImage } from './subsets.js';
import { optionWords } from '../option-words.js';

/**
 * Opens a Darknet or YOLO folder: images, a text file of labels for each, class names. Names and subsets come from
 * data.yaml, from a .data file, or from `train.txt`, `val.txt`, `test.txt` and `classes.txt` or `*.names` at the top.
 * With subsets, the images that they list are the dataset, and several of
 * them become the attribute `split`; without, all images of the folder. An image without a
 * label file is an image without objects.
 * @throws UserError when there are no class names, or several files may hold them
 */
export async function openYolo(request: ReadRequest): Promise<OpenedAnnotations> {
  const { tree, images, options, notes } = request;
  const description = await describe(request);
  const classes = await classNames(request, description);
  const listed = description.subsets.size > 0 ? await listedImages(description, tree, images) : undefined;
  const wanted = options.subset === undefined ? undefined : subsetName(options.subset);
  if (wanted !== undefined && !listed?.some(({ subsets }) => subsets.has(wanted)))
    throw new UserError(`No image is in the subset "${options.subset ?? ''}".`, {
      hint: `${description.file} knows ${[...description.subsets.keys()].join(', ') || 'no subsets'}.`,
    });
  const all: readonly ListedImage[] =
    listed?.filter(({ subsets }) => wanted === undefined || subsets.has(wanted)) ??
    images.names.map((name) => ({ written: name, place: { file: name }, subsets: new Set<string>() }));
  return {
    classes,
    async *annotations() {
      const used = new Set<string>();
      // One list alone parts nothing.
      const parts = description.subsets.size > 1;
      for (const entry of all) yield await annotationOf(entry, parts, classes, request, used);
      const unused = tree.matching(/(^|\/)labels\/.*\.txt$/).filter((name) => !used.has(name));
      const orphans = unused.filter((name) => !name.endsWith('/classes.txt'));
      if (orphans[0] !== undefined && listed === undefined)
        notes.count('{n} label files have no image', orphans[0], orphans.length);
    },
  };
}

async function annotationOf(
  entry: ListedImage,
  parts: boolean,
  classes: readonly string[],
  { tree, images, notes }: ReadRequest,
  used: Set<string>,
): Promise<Annotation> {
  // The label file is called after the image's path below the folder, not after how a list writes it.
  const found = await images.find(entry.written, entry.place);
  const image = found?.name ?? entry.written;
  const label = labelNamesOf(image).find((name) => tree.has(name));
  if (label !== undefined) used.add(label);
  else if (found) notes.count('{n} images have no label file and are taken as images without objects', image);
  const split = parts ? splitOf(entry, notes) : undefined;
  return {
    image: entry.written,
    place: label === undefined ? entry.place : { file: label },
    objects: label === undefined ? () => [] : parseYoloLabels(await tree.readText(label), classes, label),
    ...(split === undefined ? {} : { attributes: { split } }),
  };
}

async function describe({ tree }: ReadRequest): Promise<YoloDescription> {
  const atTop = (pattern: RegExp): readonly string[] =>
    tree.matching(pattern).filter((name) => !name.includes('/'));
  for (const yaml of atTop(/\.ya?ml$/i)) {
    const description = parseDataYaml(await tree.readText(yaml), yaml);
    if (description.names !== undefined || description.subsets.size > 0) return description;
  }
  const [data] = atTop(/\.data$/i);
  if (data !== undefined) return parseDarknetData(await tree.readText(data), data);
  const lists = atTop(/^(train|val|valid|validation|test)\.txt$/i);
  return {
    file: lists[0] ?? 'the folder',
    root: '',
    subsets: new Map(lists.map((list) => [list.slice(0, list.lastIndexOf('.')), [list]])),
  };
}

async function classNames(request: ReadRequest, description: YoloDescription): Promise<readonly string[]> {
  const { tree, classes } = request;
  if (classes) return parseClassNames(classes.text, classes.file);
  if (description.names) return description.names;
  const wanted = description.namesFile?.split(/[\\/]/).at(-1);
  const candidates = tree.names.filter((name) => {
    const base = name.split('/').at(-1) ?? '';
    return wanted === undefined ? /\.names$/i.test(base) || base === 'classes.txt' : base === wanted;
  });
  const texts = new Map<string, string>();
  for (const name of candidates) texts.set(await tree.readText(name), name);
  const [[text, file] = [], ...others] = texts;
  if (text === undefined || file === undefined)
    throw new UserError(`${tree.folder} has no file of class names.`, {
      hint: `Labels only have numbers. Name a file with one class a line, ${optionWords('classes')}, or add classes.txt or a data.yaml.`,
    });
  if (others.length > 0)
    throw new UserError(`Class names may be in ${[...texts.values()].join(' or ')}.`, {
      hint: `Say which one: ${optionWords('classes')}.`,
    });
  return parseClassNames(text, file);
}
