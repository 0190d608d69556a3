import { posix } from 'node:path';
import { UserError } from '../../../../pipeline/core/user-error.js';
import type { Annotation, OpenedAnnotations } from '../annotation.js';
import type { ReadRequest } from '../format.js';
import { GroupedLines } from '../grouped-lines.js';
import { withoutExtension } from '../image-name.js';
import { subsetName } from '../subset-names.js';
import { objectOfOpenImages, readOpenImagesBoxes, type OpenImagesBox } from './boxes.js';
import { readClassDescriptions, readOpenImagesImages, type OpenImagesClasses } from './tables.js';

/**
 * Opens an OpenImages file of boxes whose images lie in a folder under their ids. Class descriptions give the names
 * (in their order, those that are used); without them a class is called by its machine name. A file of images beside
 * it gives the subset, and the images without boxes where they are there.
 */
export async function openOpenImages(request: ReadRequest): Promise<OpenedAnnotations> {
  const { tree, scratch, notes } = request;
  const file = boxesFile(request);
  const descriptions = await classDescriptions(request);
  const boxes = new GroupedLines<OpenImagesBox>(scratch, 'openimages-boxes');
  const lines = new Map<string, number>();
  const labels = new Set<string>();
  for await (const box of readOpenImagesBoxes(await tree.open(file), file)) {
    if (!lines.has(box.imageId)) lines.set(box.imageId, box.line);
    labels.add(box.label);
    boxes.add(box.imageId, box);
  }
  for (const label of labels)
    if (descriptions && !descriptions.nameOfLabel.has(label))
      notes.count('{n} classes are not described and keep their machine name', label);
  const subsets = await subsetsOfImages(request, lines);
  const nameOf = (label: string): string => descriptions?.nameOfLabel.get(label) ?? label;
  return {
    classes: classesOf(labels, descriptions, nameOf),
    async *annotations() {
      for (const [id, line] of lines) {
        const waiting = boxes.values(id);
        const split = subsets.get(id);
        const annotation: Annotation = {
          image: id,
          id,
          place: { file, line },
          objects: (size) => waiting.map((box) => objectOfOpenImages(box, size, nameOf(box.label))),
          ...(split === undefined ? {} : { attributes: { split } }),
        };
        yield annotation;
      }
      boxes.close();
    },
  };
}

function boxesFile({ tree }: ReadRequest): string {
  const candidates = tree.names.length === 1 ? tree.names : tree.matching(/bbox[^/]*\.csv$/i);
  const [file, ...others] = candidates;
  if (file !== undefined && others.length === 0) return file;
  throw new UserError(
    file === undefined
      ? `${tree.folder} has no file of boxes (…-bbox.csv).`
      : `${tree.folder} has several files of boxes: ${candidates.join(', ')}.`,
    { hint: 'Name the file itself.' },
  );
}

async function classDescriptions({ tree, classes }: ReadRequest): Promise<OpenImagesClasses | undefined> {
  if (classes) return readClassDescriptions(classes.text, classes.file);
  const [beside] = tree.matching(/(^|\/)class-descriptions[^/]*\.csv$/i);
  return beside === undefined ? undefined : readClassDescriptions(await tree.open(beside), beside);
}

/** The subsets of images by a file of images; images without boxes that are there are added to `lines`. */
async function subsetsOfImages(
  { tree, images, options }: ReadRequest,
  lines: Map<string, number>,
): Promise<ReadonlyMap<string, string>> {
  const subsets = new Map<string, string>();
  const [file] = tree.matching(/(^|\/)image[-_]ids[^/]*\.csv$/i);
  const wanted = options.subset === undefined ? undefined : subsetName(options.subset);
  if (file !== undefined) {
    const present = new Set(images.names.map((name) => withoutExtension(posix.basename(name))));
    for await (const { imageId, subset, line } of readOpenImagesImages(await tree.open(file), file)) {
      const isHere = present.has(posix.basename(imageId));
      if (!isHere && !lines.has(imageId)) continue;
      if (subset !== undefined) subsets.set(imageId, subsetName(subset));
      if (!lines.has(imageId)) lines.set(imageId, line);
    }
  }
  if (wanted === undefined) return subsets;
  for (const id of [...lines.keys()]) if (subsets.get(id) !== wanted) lines.delete(id);
  if (lines.size > 0) return subsets;
  throw new UserError(`No image is in the subset "${options.subset ?? ''}".`, {
    hint: 'A file image-ids….csv with a column Subset has to lie beside the boxes.',
  });
}

function classesOf(
  labels: ReadonlySet<string>,
  descriptions: OpenImagesClasses | undefined,
  nameOf: (label: string) => string,
): readonly string[] {
  const described = [...(descriptions?.nameOfLabel.keys() ?? [])].filter((label) => labels.has(label));
  const others = [...labels].filter((label) => !described.includes(label)).sort();
  return [...new Set([...described, ...others].map(nameOf))];
}
