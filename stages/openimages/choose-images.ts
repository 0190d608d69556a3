import { createReadStream } from 'node:fs';
import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { PlanningContext } from '../../pipeline/stage/context.js';
import { drawOf } from '../lib/dataset/sample-contents.js';
import { annotationError } from '../lib/formats/annotation-place.js';
import { readOpenImagesBoxes, type OpenImagesBox } from '../lib/formats/openimages/boxes.js';
import { readClassDescriptions, readOpenImagesImages } from '../lib/formats/openimages/tables.js';
import { subsets, type OpenImagesParams, type Subset } from './params.js';

/** An image to take, with the boxes that are kept of it. */
export interface ChosenImage {
  /** OpenImages' own name of it. */
  readonly id: string;
  readonly subset: Subset;
  readonly boxes: readonly { readonly box: OpenImagesBox; readonly class: string }[];
  readonly rotationDegrees: number | undefined;
}

/**
 * The images that the CSVs and the params select, in the order of the files. Which of them a limit picks depends on
 * the seed and on their names alone.
 * @throws UserError for an unknown class, for a mistake in a CSV, and when no image is left
 */
export async function chooseImages(context: PlanningContext<OpenImagesParams>): Promise<ChosenImage[]> {
  const { params } = context;
  const kept = await labelsOf(params.classes, context);
  const required = await labelsOf(params.require, context);
  const excluded = await labelsOf(params.exclude, context);
  const listed = await listedImages(context);
  const chosen: ChosenImage[] = [];
  for (const subset of subsets) {
    const images = new Map<string, Candidate>();
    for (const { path, name } of context.sources(subset))
      for await (const box of readOpenImagesBoxes(createReadStream(path), name)) {
        if (listed && !listed.has(box.imageId)) continue;
        if (!/^[\w-]+$/.test(box.imageId))
          throw annotationError({ file: name, line: box.line }, `"${box.imageId}" is no name of an image.`);
        let image = images.get(box.imageId);
        if (!image) images.set(box.imageId, (image = { boxes: [], required: new Set(), excluded: false }));
        if (excluded.has(box.label)) image.excluded = true;
        if (required.has(box.label)) image.required.add(box.label);
        const className = kept.get(box.label);
        if (className !== undefined && !isDropped(box, params)) image.boxes.push({ box, class: className });
      }
    for (const [id, image] of images) {
      if (image.excluded || image.required.size < required.size) continue;
      if (image.boxes.length === 0 && !params.empty) continue;
      chosen.push({ id, subset, boxes: image.boxes, rotationDegrees: listed?.get(id) });
    }
  }
  if (chosen.length === 0)
    throw new UserError(`No image of OpenImages shows what is asked for: ${params.classes.join(', ')}.`, {
      hint: 'Ask for less in `require` and `exclude`, or give the files of more subsets.',
    });
  return limited(chosen, params.limit, context.seed);
}

interface Candidate {
  readonly boxes: { readonly box: OpenImagesBox; readonly class: string }[];
  readonly required: Set<string>;
  excluded: boolean;
}

function isDropped(box: OpenImagesBox, params: OpenImagesParams): boolean {
  return (
    (params.groups === 'drop' && box.groupOf === true) ||
    (params.depictions === 'drop' && box.depiction === true) ||
    (params.insides === 'drop' && box.inside === true)
  );
}

/** Machine name → name, for classes given by either, in their order. @throws UserError for one that is not there */
export async function labelsOf(
  classes: readonly string[],
  context: PlanningContext<OpenImagesParams>,
): Promise<ReadonlyMap<string, string>> {
  const [file] = context.sources('classDescriptions');
  if (!file) throw new UserError(`There is no file ${context.params.classDescriptions}.`);
  const names = await readClassDescriptions(createReadStream(file.path), file.name);
  return new Map(
    classes.map((wanted) => {
      const name = names.nameOfLabel.get(wanted);
      if (name !== undefined) return [wanted, name];
      const label = names.labelOfName.get(wanted);
      if (label !== undefined) return [label, wanted];
      const near = nearestName(wanted, names.labelOfName.keys());
      throw new UserError(`OpenImages has no class "${wanted}" in ${file.name}.`, {
        hint: near === undefined ? 'Look for its name in that file.' : `Is "${near}" meant?`,
      });
    }),
  );
}

/** Ids with their rotation, where files of images are given. */
async function listedImages(
  context: PlanningContext<OpenImagesParams>,
): Promise<ReadonlyMap<string, number | undefined> | undefined> {
  const files = context.sources('images');
  if (files.length === 0) return undefined;
  const listed = new Map<string, number | undefined>();
  for (const { path, name } of files)
    for await (const image of readOpenImagesImages(createReadStream(path), name))
      listed.set(image.imageId, image.rotationDegrees);
  return listed;
}

function limited(chosen: ChosenImage[], limit: number | null, seed: number): ChosenImage[] {
  if (limit === null || chosen.length <= limit) return chosen;
  const drawn = chosen.map((image) => ({ image, draw: drawOf('openimages', image.id, seed) }));
  drawn.sort((a, b) => a.draw - b.draw);
  const picked = new Set(drawn.slice(0, limit).map(({ image }) => image));
  return chosen.filter((image) => picked.has(image));
}
