import { posix } from 'node:path';
import { UserError } from '../../../../pipeline/core/user-error.js';
import type { ObjectRecord } from '../../dataset/record.js';
import type { Annotation, OpenedAnnotations } from '../annotation.js';
import { checkClass, parseClassNames, sortedClasses } from '../class-list.js';
import type { ReadRequest } from '../format.js';
import { GroupedLines } from '../grouped-lines.js';
import { withoutExtension } from '../image-name.js';
import type { PixelSize } from '../pixel-size.js';
import { partOf } from '../subset-names.js';
import { parseVoc } from './annotation.js';
import { readImageSets, subsetsOf } from './image-sets.js';

/** An annotation as it waits in the scratch file. */
interface Parsed {
  readonly image: string;
  readonly size: PixelSize | null;
  readonly objects: readonly ObjectRecord[];
}

/**
 * Opens a Pascal VOC folder: XML files anywhere below it, and the lists of ImageSets, which become the attribute
 * `split`. All files are parsed first, for only then are the classes known; they are sorted by name, unless a list is
 * given. An annotation whose `<filename>` is not there is looked for under its own name, as LabelImg's users rename
 * images.
 */
export async function openVoc(request: ReadRequest): Promise<OpenedAnnotations> {
  const { tree, images, options, notes, scratch } = request;
  const sets = await readImageSets(tree);
  const files = wantedFiles(tree.matching(/\.xml$/i), sets, options.subset, tree.folder);
  const given = request.classes && parseClassNames(request.classes.text, request.classes.file);
  const known = given && new Set(given);
  const used = new Set<string>();
  const parsed = new GroupedLines<Parsed>(scratch, 'voc-annotations');
  const stems = new Set(images.names.map((name) => withoutExtension(posix.basename(name))));
  for (const file of files) {
    const { filename, size, objects } = parseVoc(
      await tree.readText(file),
      file,
      options.pixels ?? 'one-based',
      notes,
    );
    for (const [index, object] of objects.entries()) {
      if (known) checkClass(object.class, known, { file, element: `object ${index + 1}` });
      used.add(object.class);
    }
    const stem = withoutExtension(posix.basename(file));
    const isThere =
      filename !== undefined && stems.has(withoutExtension(posix.basename(filename.replaceAll('\\', '/'))));
    if (!isThere && stems.has(stem) && filename !== undefined)
      notes.count(
        '{n} annotations name an image that is not there; the one called like the annotation is taken',
        file,
      );
    const image = isThere || !stems.has(stem) ? (filename ?? stem) : stem;
    parsed.add(file, { image, size: size ?? null, objects });
    if (size === undefined) notes.count('{n} annotations do not say the size of their image', file);
  }
  return {
    classes: given ?? (await classesOf(used, request)),
    async *annotations() {
      for (const file of files)
        for (const { image, size, objects } of parsed.values(file)) {
          const split = partOf(subsetsOf(file, sets));
          const annotation: Annotation = {
            image,
            place: { file },
            ...(size ? { size } : {}),
            objects: () => objects,
            ...(split === undefined ? {} : { attributes: { split } }),
          };
          yield annotation;
        }
      parsed.close();
    },
  };
}

/** The classes of a `labels.txt` beside the folders, and those that it lacks; without one, those that are used. */
async function classesOf(
  used: ReadonlySet<string>,
  { tree, notes }: ReadRequest,
): Promise<readonly string[]> {
  const file = 'labels.txt';
  if (!tree.has(file)) return sortedClasses(used);
  const listed = parseClassNames(await tree.readText(file), file);
  const others = sortedClasses(used).filter((name) => !listed.includes(name));
  for (const name of others)
    notes.count(`{n} classes are not in ${file} and come after those that are`, name);
  return [...listed, ...others];
}

function wantedFiles(
  files: readonly string[],
  sets: ReadonlyMap<string, ReadonlySet<string>>,
  subset: string | undefined,
  folder: string,
): readonly string[] {
  if (files.length === 0)
    throw new UserError(`There is no .xml file below ${folder}.`, {
      hint: 'Name the folder that holds Annotations/, or that folder itself.',
    });
  if (subset === undefined) return files;
  const wanted = files.filter((file) => subsetsOf(file, sets, true).has(subset));
  if (wanted.length > 0) return wanted;
  throw new UserError(`No annotation is in the subset "${subset}".`, {
    hint: `ImageSets lists ${[...sets.keys()].join(', ') || 'nothing'}.`,
  });
}
