import { isInFirstPixel } from '../lib/formats/box-units.js';

/** Detectors let boxes reach over the edge, but seldom by more than this share of the side. */
const usualOverhang = 0.1;
/** From this share of boxes on, such an overhang is no accident. */
const suspiciousShare = 0.5;

/** Of an image, where it is known. */
interface ImageSize {
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** Counts boxes in COCO's form that can hardly be meant so. They keep their part in the figures, as in pycocotools. */
export class OddBoxes {
  #count = 0;
  readonly #found = {
    negative: { count: 0, first: 0 },
    outside: { count: 0, first: 0 },
    overhanging: { count: 0, first: 0 },
    tiny: { count: 0, first: 0 },
  };

  /**
   * @param boxesXywhPx [N · 4] the list's boxes
   * @param index       of the element in its list, from 0
   */
  add(boxesXywhPx: Float64Array, image: ImageSize, index: number): void {
    const x = boxesXywhPx[4 * index] as number;
    const y = boxesXywhPx[4 * index + 1] as number;
    const width = boxesXywhPx[4 * index + 2] as number;
    const height = boxesXywhPx[4 * index + 3] as number;
    this.#count += 1;
    if (width < 0 || height < 0) this.#note('negative', index);
    if (image.width === undefined || image.height === undefined) return;
    if (isInFirstPixel(x + width, y + height, image)) this.#note('tiny', index);
    if (x >= image.width || y >= image.height || x + width <= 0 || y + height <= 0) this.#note('outside', index); // prettier-ignore
    if (x + width > image.width * (1 + usualOverhang) || y + height > image.height * (1 + usualOverhang))
      this.#note('overhanging', index);
  }

  /** @param label what people call the list that the boxes are elements of */
  sentences(label: string): readonly string[] {
    const { negative, outside, overhanging, tiny } = this.#found;
    const sentences: string[] = [];
    const say = ({ count, first }: { count: number; first: number }, what: string): void =>
      void sentences.push(`${label}: ${count} of ${this.#count} boxes ${what} (first: ${first}).`);
    if (negative.count > 0) say(negative, 'have a negative width or height');
    if (tiny.count > 0)
      say(tiny, 'end inside the first pixel of their image; are these shares of 0–1 among boxes in pixels?');
    if (outside.count > 0)
      say(outside, 'lie wholly outside of their image; was it of another size when it was looked at?');
    if (overhanging.count > suspiciousShare * this.#count)
      say(
        overhanging,
        'end far beyond their image; COCO’s boxes are x, y, width and height: are these edges?',
      );
    return sentences;
  }

  #note(kind: 'negative' | 'outside' | 'overhanging' | 'tiny', index: number): void {
    const found = this.#found[kind];
    if (found.count === 0) found.first = index;
    found.count += 1;
  }
}
