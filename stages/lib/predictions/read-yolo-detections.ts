import { posix } from 'node:path';
import { annotationError, parseNumber } from '../formats/annotation-place.js';
import { classAt, parseClassNames } from '../formats/class-list.js';
import { optionWords } from '../formats/option-words.js';
import { withoutExtension } from '../formats/image-name.js';
import type { DetectionsRequest, ForeignDetection } from './foreign-detection.js';
import type { TargetImage } from './target-images.js';

/**
 * Detections as YOLO programs save them (`--save-txt --save-conf`): a text file named after each image,
 * `class cx cy width height score` a line, classes counted from 0.
 * @throws UserError with file and line: another number of values, no number, an unknown class or image, two files of
 *   one image
 */
export async function* readYoloDetections(request: DetectionsRequest): AsyncIterable<ForeignDetection> {
  const { tree, images, classes: given, notes } = request;
  const classes = given ? parseClassNames(given.text, given.file) : request.truthClasses;
  if (!given)
    notes.count(
      `the class numbers are taken to be places in the truth’s list; give the detector’s list, ${optionWords('classes')}, where it is another`,
      `0 is ${classes[0] ?? 'nothing'}, ${classes.length - 1} is ${classes.at(-1) ?? 'nothing'}`,
    );
  const fileOf = new Map<TargetImage, string>();
  for (const file of tree.names.filter((name) => posix.basename(name) !== 'classes.txt')) {
    const image = images.find(withoutExtension(file), { file });
    const earlier = fileOf.get(image);
    if (earlier !== undefined)
      throw annotationError({ file }, `the image "${image.name}" has detections in ${earlier} already.`);
    fileOf.set(image, file);
    for (const [index, line] of (await tree.readText(file)).split(/\r?\n/).entries()) {
      const words = line.trim().split(/\s+/);
      if (words[0] === '') continue;
      const place = { file, line: index + 1 };
      if (words.length !== 6)
        throw annotationError(
          place,
          `${words.length} values stand there; class, centre x, centre y, width, height and score are expected.`,
          words.length === 5 ? 'The score is missing: save detections with it (--save-conf).' : undefined,
        );
      const [name = '', ...texts] = words;
      const [x = 0, y = 0, width = 0, height = 0] = texts
        .slice(0, 4)
        .map((text) => parseNumber(text, 'a value', place));
      yield {
        place,
        image,
        class: classAt(name, classes, place),
        score: parseNumber(texts[4], 'the score', place),
        box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
      };
    }
  }
}
