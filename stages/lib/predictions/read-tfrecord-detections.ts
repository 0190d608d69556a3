import { UserError } from '../../../pipeline/core/user-error.js';
import { annotationError, placeText } from '../formats/annotation-place.js';
import { optionWords } from '../formats/option-words.js';
import { numbersOf, textsOf } from '../formats/tfrecord/features.js';
import { readExamples, readLabelMap } from '../formats/tfrecord/shards.js';
import type { DetectionsRequest, ForeignDetection } from './foreign-detection.js';
import type { TargetImage } from './target-images.js';

/**
 * Detections as the object detection API writes them (inference/infer_detections.py; names in
 * core/standard_fields.py, TfExampleFields): `image/detection/bbox/xmin`, …, `image/detection/score` and
 * `image/detection/label`, shares of the image, classes counted from 1 as the label map has them.
 * @throws UserError with the record: lists of different lengths, a class that the label map does not know, a score
 *   that is no number, an unknown image or one that stands in two records
 */
export async function* readTfRecordDetections(request: DetectionsRequest): AsyncIterable<ForeignDetection> {
  const { tree, images } = request;
  const nameOfLabel = await readLabelMap(tree, request.classes);
  if (nameOfLabel.size === 0)
    throw new UserError(`There is no label map in ${tree.folder}, and detections have class numbers only.`, {
      hint: `Name the label map that the detector was trained with, a .pbtxt: ${optionWords('classes')}.`,
    });
  const placeOf = new Map<TargetImage, string>();
  for await (const { features, place } of readExamples(tree)) {
    const written = textsOf(features, 'image/filename')[0] ?? textsOf(features, 'image/source_id')[0];
    if (written === undefined)
      throw annotationError(place, 'it names no image (image/filename or image/source_id).');
    const image = images.find(written, place);
    const earlier = placeOf.get(image);
    if (earlier !== undefined)
      throw annotationError(place, `the image "${image.name}" has detections in ${earlier} already.`);
    placeOf.set(image, placeText(place));
    const scores = numbersOf(features, 'image/detection/score');
    const list = (name: string): readonly number[] => {
      const values = numbersOf(features, name);
      if (values.length === scores.length) return values;
      throw annotationError(
        place,
        `${name} has ${values.length} values, but there are ${scores.length} scores.`,
      );
    };
    const labels = list('image/detection/label');
    const edges = ['xmin', 'ymin', 'xmax', 'ymax'].map((edge) => list(`image/detection/bbox/${edge}`));
    for (const [index, score] of scores.entries()) {
      const at = { ...place, element: `${place.element ?? ''}, detection ${index}` };
      const [xmin = NaN, ymin = NaN, xmax = NaN, ymax = NaN] = edges.map((values) => values[index] ?? NaN);
      if (![score, xmin, ymin, xmax, ymax].every(Number.isFinite))
        throw annotationError(at, 'its score or an edge is no finite number.');
      const label = labels[index] ?? 0;
      const name = nameOfLabel.get(label);
      if (name === undefined)
        throw annotationError(
          at,
          `the class has the number ${label}, which the label map does not know.`,
          label === 0 ? 'Label maps begin at 1; 0 is the background.' : undefined,
        );
      yield { place: at, image, class: name, score, box: [xmin, ymin, xmax, ymax] };
    }
  }
}
