import type { DatasetRecord } from '../dataset/record.js';
import type { PredictionRecord } from '../dataset/prediction-record.js';
import type { BoxEvaluation } from './box-evaluation.js';
import { NumberList } from './number-list.js';

/** Gathers dataset records and predictions image by image into the arrays that the figures are computed from. */
export class EvaluationBuilder {
  readonly #classes: ReadonlyMap<string, number>;
  #imageCount = 0;
  readonly #truth = newColumns();
  readonly #areaPx = new NumberList();
  readonly #crowd = new NumberList();
  readonly #optional = new NumberList();
  readonly #found = newColumns();
  readonly #score = new NumberList();

  /** @param classes in the order of the dataset's header */
  constructor(classes: readonly string[]) {
    this.#classes = new Map(classes.map((name, index) => [name, index]));
  }

  /**
   * Adds one image with its truth.
   * @param isOptional which objects need not be found
   * @returns the image's number, for addFound
   * @throws RangeError for a class that the evaluation does not know
   */
  addTruth(
    objects: DatasetRecord['objects'],
    isOptional: (object: DatasetRecord['objects'][number]) => boolean = () => false,
  ): number {
    const image = this.#imageCount++;
    for (const object of objects) {
      const [, , width, height] = this.#push(this.#truth, image, object);
      this.#areaPx.push(object.areaPx ?? width * height);
      this.#crowd.push(object.crowd === true ? 1 : 0);
      this.#optional.push(isOptional(object) ? 1 : 0);
    }
    return image;
  }

  /** Adds what was found in an image. @throws as addTruth */
  addFound(image: number, detections: PredictionRecord['detections']): void {
    for (const detection of detections) {
      this.#push(this.#found, image, detection);
      this.#score.push(detection.score);
    }
  }

  finish(): BoxEvaluation {
    return {
      imageCount: this.#imageCount,
      classCount: this.#classes.size,
      truth: {
        ...valuesOf(this.#truth),
        areaPx: this.#areaPx.values(),
        crowd: this.#crowd.values(),
        optional: this.#optional.values(),
      },
      detections: { ...valuesOf(this.#found), score: this.#score.values() },
    };
  }

  #push(
    columns: Columns,
    image: number,
    { box: [xmin, ymin, xmax, ymax], class: name }: { readonly box: BoxXyxyPx; readonly class: string },
  ): readonly [number, number, number, number] {
    const index = this.#classes.get(name);
    if (index === undefined) throw new RangeError(`"${name}" is none of the evaluated classes.`);
    const boxXywhPx = [xmin, ymin, xmax - xmin, ymax - ymin] as const;
    columns.image.push(image);
    columns.class.push(index);
    columns.boxesXywhPx.push(...boxXywhPx);
    return boxXywhPx;
  }
}

type BoxXyxyPx = DatasetRecord['objects'][number]['box'];

interface Columns {
  readonly image: NumberList;
  readonly class: NumberList;
  readonly boxesXywhPx: NumberList;
}

function newColumns(): Columns {
  return { image: new NumberList(), class: new NumberList(), boxesXywhPx: new NumberList() };
}

function valuesOf({ image, class: classes, boxesXywhPx }: Columns) {
  return { image: image.values(), class: classes.values(), boxesXywhPx: boxesXywhPx.values() };
}
