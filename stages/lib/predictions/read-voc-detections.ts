import { posix } from 'node:path';
import { nearestName } from '../../../pipeline/core/nearest-name.js';
import { annotationError, parseNumber } from '../formats/annotation-place.js';
import { parseClassNames } from '../formats/class-list.js';
import { withoutExtension } from '../formats/image-name.js';
import { readTextLines } from '../formats/text-lines.js';
import type { DetectionsRequest, ForeignDetection } from './foreign-detection.js';

/**
 * Detections as the Pascal VOC development kit takes them: a text file for each class, `comp4_det_test_CLASS.txt` or
 * `CLASS.txt`, with `image score xmin ymin xmax ymax` a line.
 * @throws UserError with file and line: a file of no class or of one that another file has, another number of values,
 *   no number, an unknown image
 */
export async function* readVocDetections(request: DetectionsRequest): AsyncIterable<ForeignDetection> {
  const { tree, images, classes: given, notes } = request;
  const classes = given ? parseClassNames(given.text, given.file) : request.truthClasses;
  const fileOf = new Map<string, string>();
  for (const file of tree.names) {
    const name = classOf(file, classes);
    const earlier = fileOf.get(name);
    if (earlier !== undefined)
      throw annotationError({ file }, `the class "${name}" has a file already: ${earlier}.`);
    fileOf.set(name, file);
    for await (const { line, text } of readTextLines(await tree.open(file), file)) {
      const place = { file, line };
      // A name may hold blanks; the five numbers stand behind it.
      const [, image = '', rest = ''] = /^(.*?)((?:\s+\S+){5})$/.exec(text.trim()) ?? [];
      if (text.trim() === '') continue;
      if (image === '')
        throw annotationError(place, 'image, score, xmin, ymin, xmax and ymax are expected there.');
      const [score, ...edges] = rest.trim().split(/\s+/);
      const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = edges.map((edge) =>
        parseNumber(edge, 'an edge', place),
      );
      yield {
        place,
        image: images.find(image, place),
        class: name,
        score: parseNumber(score, 'the score', place),
        box: [xmin, ymin, xmax, ymax],
      };
    }
  }
  for (const name of classes)
    if (!fileOf.has(name)) notes.count('{n} classes have no file, so nothing of them is found', name);
}

/** The class that a file's name is or ends with, after an underscore; the longest one that fits. */
function classOf(file: string, classes: readonly string[]): string {
  const stem = withoutExtension(posix.basename(file));
  const [longest] = classes
    .filter((name) => stem === name || stem.endsWith(`_${name}`))
    .sort((a, b) => b.length - a.length);
  if (longest !== undefined) return longest;
  const written = stem.replace(/^comp\d+_det_[^_]+_/, '');
  const near = nearestName(written, classes);
  throw annotationError(
    { file },
    `its name ends with no class.${near === undefined ? '' : ` Is "${near}" meant?`}`,
    `Files are called comp4_det_test_CLASS.txt or CLASS.txt; the classes are ${classes.join(', ')}.`,
  );
}
