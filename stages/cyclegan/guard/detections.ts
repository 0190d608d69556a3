import type { Finder } from '../../lib/darknet/finder.js';
import type { FoundObject } from '../../lib/darknet/find-objects.js';
import type { ObjectRecord } from '../../lib/dataset/record.js';
import type { RgbImage } from '../../lib/imaging/decode-image.js';
import { iouOf } from '../../lib/metrics/iou.js';
import type { GuardMeasures } from './measure.js';

const MATCH_IOU = 0.5;

/** What a detector finds in an image and in its translation, held against the objects. */
export async function measureDetections(
  finder: Finder,
  original: RgbImage,
  translated: Uint8Array,
  objects: readonly ObjectRecord[],
  threshold: number,
): Promise<Pick<GuardMeasures, 'recallBefore' | 'recallAfter' | 'newDetections'>> {
  const options = { threshold, nmsIou: 0.45, maxDetections: 100 };
  const [before = [], after = []] = await finder.find([original, { ...original, data: translated }], options);
  const wanted = objects.filter(({ class: name, crowd }) => !crowd && finder.classes.includes(name));
  const isFound = (object: ObjectRecord, found: readonly FoundObject[]): boolean =>
    found.some(
      ({ box, classIndex }) => finder.classes[classIndex] === object.class && overlap(box, object.box),
    );
  const recall = (found: readonly FoundObject[]): number =>
    wanted.filter((object) => isFound(object, found)).length / wanted.length;
  const invented = after.filter(
    ({ box, classIndex }) =>
      !objects.some((object) => overlap(box, object.box)) &&
      !before.some((one) => one.classIndex === classIndex && overlap(box, one.box)),
  );
  return {
    ...(wanted.length > 0 ? { recallBefore: recall(before), recallAfter: recall(after) } : {}),
    newDetections: invented.length,
  };
}

function overlap(a: readonly number[], b: readonly number[]): boolean {
  return iouOf(a, 0, b, 0) >= MATCH_IOU;
}
