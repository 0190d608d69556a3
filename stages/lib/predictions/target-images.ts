import { posix } from 'node:path';
import { nearestName } from '../../../pipeline/core/nearest-name.js';
import { annotationError, type AnnotationPlace } from '../formats/annotation-place.js';
import { withoutExtension } from '../formats/image-name.js';

/** An image that detections may be of. */
export interface TargetImage {
  readonly id: string;
  /** Its path or file name. */
  readonly name: string;
  /** In pixels; undefined where the truth does not say. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** The images of a truth, found by the names that other programs give them. */
export class TargetImages {
  readonly #byName = new Map<string, Set<TargetImage>>();

  /** @param label what messages call the truth */
  constructor(
    readonly label: string,
    readonly all: readonly TargetImage[],
  ) {
    for (const image of all)
      for (const name of [image.id, ...namesOf(image.name)]) {
        const images = this.#byName.get(name);
        if (images) images.add(image);
        else this.#byName.set(name, new Set([image]));
      }
  }

  /**
   * The image of an id, a path, a file name, or one of these without its extension.
   * @throws UserError with the place, when there is none or more than one
   */
  find(written: string, place: AnnotationPlace): TargetImage {
    for (const name of namesOf(written)) {
      const [first, second] = this.#byName.get(name) ?? [];
      if (second !== undefined)
        throw annotationError(
          place,
          `image "${written}" may be ${first?.name ?? ''} or ${second.name}.`,
          'Write enough of its path to tell them apart.',
        );
      if (first !== undefined) return first;
    }
    const near = nearestName(
      posix.basename(written),
      this.all.map(({ name }) => posix.basename(name)),
    );
    throw annotationError(
      place,
      `image "${written}" is not in ${this.label}.${near === undefined ? '' : ` Is "${near}" meant?`}`,
      'Predictions and truth must be of the same images: name the same set, or leave the others out.',
    );
  }
}

/** The name itself, then ever less of it. */
function namesOf(written: string): readonly string[] {
  const path = written.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const base = posix.basename(path);
  return [...new Set([path, withoutExtension(path), base, withoutExtension(base)])];
}
